using System.Collections;
using System.Management.Automation;
using RkeEtcdPs.Engine.Recovery;

namespace RkeEtcdPs.Cmdlets.Parameters;

/// <summary>Lets a parameter of <see cref="RestoreOnHost"/> take what says which restore it is about: what the cmdlets give, also where a job, a file or a table has left only its properties.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RestoreOnHostTransformationAttribute : ArgumentTransformationAttribute
{
    /// <summary>Turns every such element into a choice; anything else is left for PowerShell to refuse, or to bind elsewhere.</summary>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? bare = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        RestoreOnHost?[] restores = bare is IEnumerable list and not (string or IDictionary)
            ? [.. list.Cast<object?>().Select(From)]
            : [From(inputData)];
        return restores.Contains(null) ? inputData! : restores;
    }

    private static RestoreOnHost? From(object? item)
    {
        if (item is null)
        {
            return null;
        }

        PSObject bag = PSObject.AsPSObject(item);
        return Text(bag, nameof(RestoreOnHost.ClusterName)) is { } cluster && Text(bag, nameof(RestoreOnHost.Node)) is { } node && Text(bag, nameof(RestoreOnHost.Operation)) is { } operation
            ? new RestoreOnHost(cluster, node, operation)
            : null;
    }

    private static string? Text(PSObject bag, string property) => bag.Properties[property]?.Value?.ToString() is { Length: > 0 } text ? text : null;
}
