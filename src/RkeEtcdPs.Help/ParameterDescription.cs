using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;

namespace RkeEtcdPs.Help;

/// <summary>A parameter, as its attributes and comments describe it.</summary>
internal sealed record ParameterDescription
{
    private static readonly IReadOnlyDictionary<string, ParameterBinding> Everywhere =
        new Dictionary<string, ParameterBinding> { [CmdletDescription.AllSets] = new(false, null, false, false) };

    private ParameterDescription()
    {
    }

    /// <summary>Describes a property of a cmdlet.</summary>
    /// <param name="property">The property.</param>
    /// <param name="instance">A cmdlet as it is before anything is bound.</param>
    /// <param name="comments">The comments of its assembly.</param>
    [SetsRequiredMembers]
    public ParameterDescription(PropertyInfo property, object instance, CommentText comments)
    {
        IList<CustomAttributeData> attributes = property.GetCustomAttributesData();
        string[] values = [.. attributes.Where(data => data.AttributeType.Name == "ValidateSetAttribute").SelectMany(Strings)];
        Name = property.Name;
        Type = NameOf(property.PropertyType);
        Text = comments.Of(property);
        Values = values;
        Aliases = [.. attributes.Where(data => data.AttributeType.Name == "AliasAttribute").SelectMany(Strings)];
        Wildcards = attributes.Any(data => data.AttributeType.Name == "SupportsWildcardsAttribute");
        Default = DefaultOf(property.GetValue(instance));
        Bindings = attributes.Where(data => data.AttributeType.Name == "ParameterAttribute").ToDictionary(
            data => (string?)data.NamedArguments.FirstOrDefault(argument => argument.MemberName == "ParameterSetName").TypedValue.Value ?? CmdletDescription.AllSets,
            ParameterBinding.Read);
    }

    /// <summary>What PowerShell adds to a cmdlet that asks before it changes something.</summary>
    public static ParameterDescription WhatIf { get; } = Switch("WhatIf", "Shows what would be done, and changes nothing.", "wi");

    /// <inheritdoc cref="WhatIf"/>
    public static ParameterDescription Confirm { get; } = Switch("Confirm", "Asks before each change. -Confirm:$false answers in advance.", "cf");

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The name of its type, as PowerShell shows it.</summary>
    public required string Type { get; init; }

    /// <summary>What it does.</summary>
    public required string Text { get; init; }

    /// <summary>The only values that it takes; empty when it takes any.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>Its other names.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>It takes wildcards.</summary>
    public bool Wildcards { get; init; }

    /// <summary>What it is when not given.</summary>
    public string Default { get; init; } = "None";

    /// <summary>How it is bound, by parameter set.</summary>
    public required IReadOnlyDictionary<string, ParameterBinding> Bindings { get; init; }

    /// <summary>It is given without a value.</summary>
    public bool IsSwitch => Type == "SwitchParameter";

    /// <summary>True for the properties that are parameters.</summary>
    public static bool IsParameter(PropertyInfo property) => property.GetCustomAttributesData().Any(data => data.AttributeType.Name == "ParameterAttribute");

    /// <summary>The name of a type, as PowerShell shows it.</summary>
    public static string NameOf(Type type) => Nullable.GetUnderlyingType(type)?.Name ?? type.Name;

    private static ParameterDescription Switch(string name, string text, string alias) =>
        new() { Name = name, Type = "SwitchParameter", Text = text, Aliases = [alias], Default = "False", Bindings = Everywhere };

    private static IEnumerable<string> Strings(CustomAttributeData attribute) => attribute.ConstructorArguments.SelectMany(argument =>
        argument.Value is IEnumerable<CustomAttributeTypedArgument> list ? list.Select(item => (string)item.Value!) : [(string)argument.Value!]);

    private static string DefaultOf(object? value) => value switch
    {
        null or "" or Array { Length: 0 } => "None",
        _ when value.GetType().Name == "SwitchParameter" => "False",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "None",
    };
}
