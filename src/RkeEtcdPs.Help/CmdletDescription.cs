using System.Reflection;

namespace RkeEtcdPs.Help;

/// <summary>A cmdlet, as its attributes and comments describe it.</summary>
internal sealed class CmdletDescription
{
    /// <summary>The name that PowerShell gives the set of what is in every parameter set.</summary>
    public const string AllSets = "__AllParameterSets";

    /// <summary>Describes a cmdlet's class.</summary>
    public CmdletDescription(Type type, CommentText comments)
    {
        CustomAttributeData declaration = type.GetCustomAttributesData().Single(data => data.AttributeType.Name == "CmdletAttribute");
        Verb = (string)declaration.ConstructorArguments[0].Value!;
        Noun = (string)declaration.ConstructorArguments[1].Value!;
        Summary = comments.Of(type);
        object instance = Activator.CreateInstance(type)!;
        List<ParameterDescription> parameters = [.. type.GetProperties().Where(ParameterDescription.IsParameter).Select(property => new ParameterDescription(property, instance, comments))];
        if (declaration.NamedArguments.Any(argument => argument is { MemberName: "SupportsShouldProcess", TypedValue.Value: true }))
        {
            parameters.Add(ParameterDescription.WhatIf);
            parameters.Add(ParameterDescription.Confirm);
        }

        Parameters = [.. parameters.OrderBy(parameter => parameter.Name, StringComparer.Ordinal)];
        Outputs =
        [
            .. type.GetCustomAttributesData().Where(data => data.AttributeType.Name == "OutputTypeAttribute")
                .SelectMany(data => data.ConstructorArguments.SelectMany(Types))
                .Distinct().Select(output => (ParameterDescription.NameOf(output), FirstSentence(comments.Of(output)))),
        ];
        string[] sets = [.. Parameters.SelectMany(parameter => parameter.Bindings.Keys).Distinct().Where(set => set != AllSets)];
        Sets = sets is [] ? [AllSets] : sets;
    }

    /// <summary>The verb.</summary>
    public string Verb { get; }

    /// <summary>The noun.</summary>
    public string Noun { get; }

    /// <summary>Verb and noun.</summary>
    public string Name => $"{Verb}-{Noun}";

    /// <summary>What the comment of its class says.</summary>
    public string Summary { get; }

    /// <summary>Its own parameters, in the order of their names, with those of ShouldProcess where it has them.</summary>
    public IReadOnlyList<ParameterDescription> Parameters { get; }

    /// <summary>What it emits: names of types, and what they are.</summary>
    public IReadOnlyList<(string Type, string Text)> Outputs { get; }

    /// <summary>The names of its parameter sets; one where it has no names for them.</summary>
    public IReadOnlyList<string> Sets { get; }

    /// <summary>The parameters of a set, in the order in which one types them.</summary>
    public IEnumerable<(ParameterDescription Parameter, ParameterBinding Binding)> Of(string set) =>
        from parameter in Parameters
        let binding = parameter.Bindings.GetValueOrDefault(set) ?? parameter.Bindings.GetValueOrDefault(AllSets)
        where binding is not null
        orderby binding.Position ?? int.MaxValue, binding.Mandatory descending, parameter.Name
        select (parameter, binding);

    // The others are for those who write code with the type.
    private static string FirstSentence(string text) => text.IndexOf(". ", StringComparison.Ordinal) is > 0 and var end ? text[..(end + 1)] : text;

    private static IEnumerable<Type> Types(CustomAttributeTypedArgument argument) => argument.Value switch
    {
        Type type => [type],
        IEnumerable<CustomAttributeTypedArgument> list => list.SelectMany(Types),
        _ => [],
    };
}
