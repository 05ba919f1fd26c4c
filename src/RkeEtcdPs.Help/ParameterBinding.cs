using System.Reflection;

namespace RkeEtcdPs.Help;

/// <summary>How a parameter is bound in one parameter set.</summary>
/// <param name="Mandatory">It must be given.</param>
/// <param name="Position">Where it is given without its name; null when the name is needed.</param>
/// <param name="ByValue">Takes objects from the pipeline.</param>
/// <param name="ByPropertyName">Takes the property of its name of objects from the pipeline.</param>
internal sealed record ParameterBinding(bool Mandatory, int? Position, bool ByValue, bool ByPropertyName)
{
    /// <summary>Reads a Parameter attribute.</summary>
    public static ParameterBinding Read(CustomAttributeData attribute)
    {
        Dictionary<string, object?> named = attribute.NamedArguments.ToDictionary(argument => argument.MemberName, argument => argument.TypedValue.Value);
        bool Is(string name) => named.GetValueOrDefault(name) is true;
        return new ParameterBinding(Is("Mandatory"), (int?)named.GetValueOrDefault("Position"), Is("ValueFromPipeline"), Is("ValueFromPipelineByPropertyName"));
    }
}
