using System.Management.Automation;
using System.Reflection;
using RkeEtcdPs.Cmdlets.Commands;
using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.Commands;

public sealed class CmdletConventionTests
{
    private static readonly HashSet<string> Reading = ["Get", "Test", "Select", "Compare"];

    private static readonly Type[] Exported =
        [.. typeof(GetRkeClusterCommand).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Cmdlet)) && !type.IsAbstract)];

    public static TheoryData<Type> Cmdlets() => new(Exported);

    [Fact]
    public void The_manifest_exports_the_cmdlets_of_the_assembly_and_no_others() =>
        Assert.Equal(Exported.Select(Name).Order(), Manifest.Cmdlets().Order());

    [Fact]
    public void The_manifest_has_the_version_of_the_assembly() =>
        Assert.Equal(Manifest.Version(), Version.Parse(typeof(GetRkeClusterCommand).Assembly.GetName().Version!.ToString(3)));

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void A_cmdlet_is_sealed_and_its_class_is_called_as_it_is(Type cmdlet)
    {
        Assert.True(cmdlet.IsSealed);
        Assert.Equal(Name(cmdlet).Replace("-", "", StringComparison.Ordinal) + "Command", cmdlet.Name);
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void A_cmdlet_has_an_approved_verb(Type cmdlet)
    {
        Type[] verbs =
        [
            typeof(VerbsCommon), typeof(VerbsCommunications), typeof(VerbsData), typeof(VerbsDiagnostic),
            typeof(VerbsLifecycle), typeof(VerbsOther), typeof(VerbsSecurity),
        ];
        IEnumerable<string> approved = verbs.SelectMany(type => type.GetFields()).Select(verb => verb.Name);

        Assert.Contains(Verb(cmdlet), approved);
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void A_cmdlet_says_what_it_emits(Type cmdlet) => Assert.NotEmpty(cmdlet.GetCustomAttributes<OutputTypeAttribute>());

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void A_cmdlet_that_changes_something_supports_WhatIf(Type cmdlet) =>
        Assert.True(Reading.Contains(Verb(cmdlet)) || AsksFirst(cmdlet));

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void No_two_parameters_of_a_set_take_the_same_pipeline_input_or_position(Type cmdlet)
    {
        var bindings =
            from property in cmdlet.GetProperties()
            from data in property.GetCustomAttributesData()
            where data.AttributeType == typeof(ParameterAttribute)
            select data.NamedArguments.ToDictionary(argument => argument.MemberName, argument => argument.TypedValue.Value);
        foreach (var set in bindings.GroupBy(binding => binding.GetValueOrDefault(nameof(ParameterAttribute.ParameterSetName))))
        {
            Assert.InRange(set.Count(binding => binding.ContainsKey(nameof(ParameterAttribute.ValueFromPipeline))), 0, 1);
            object?[] positions = [.. set.Select(binding => binding.GetValueOrDefault(nameof(ParameterAttribute.Position))).Where(position => position is not null)];
            Assert.Equal(positions.Distinct(), positions);
        }
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void A_cmdlet_that_takes_clusters_takes_them_from_the_pipeline(Type cmdlet)
    {
        if (cmdlet.GetProperty(nameof(ClusterCmdlet.ClusterConfig)) is { } property)
        {
            Assert.Contains(
                property.GetCustomAttributesData().Where(data => data.AttributeType == typeof(ParameterAttribute)),
                data => data.NamedArguments.Any(argument => argument is { MemberName: nameof(ParameterAttribute.ValueFromPipeline), TypedValue.Value: true }));
        }
    }

    // The reference assembly's attributes forget what they are given, so this reads the metadata.
    private static CustomAttributeData Declaration(Type cmdlet) =>
        cmdlet.GetCustomAttributesData().Single(data => data.AttributeType == typeof(CmdletAttribute));

    private static string Verb(Type cmdlet) => (string)Declaration(cmdlet).ConstructorArguments[0].Value!;

    private static string Name(Type cmdlet) => $"{Verb(cmdlet)}-{Declaration(cmdlet).ConstructorArguments[1].Value}";

    private static bool AsksFirst(Type cmdlet) => Declaration(cmdlet).NamedArguments.Any(
        argument => argument is { MemberName: nameof(CmdletAttribute.SupportsShouldProcess), TypedValue.Value: true });
}
