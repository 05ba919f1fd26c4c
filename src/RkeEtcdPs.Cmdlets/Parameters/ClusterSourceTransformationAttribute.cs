using System.Collections;
using System.Management.Automation;

namespace RkeEtcdPs.Cmdlets.Parameters;

/// <summary>Lets a parameter of <see cref="ClusterSource"/> take paths, files, YAML text and clusters.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ClusterSourceTransformationAttribute : ArgumentTransformationAttribute
{
    /// <summary>True where files from the pipeline are something else; then a cluster's file is given by its path.</summary>
    public bool FilesAreOthers { get; set; }

    /// <summary>Turns every element into a source; anything else is left for PowerShell to refuse, or to bind elsewhere.</summary>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object input = Bare(inputData);
        if (FilesAreOthers && input is FileInfo)
        {
            return inputData;
        }

        ClusterSource?[] sources = input is IEnumerable list and not string
            ? [.. list.Cast<object?>().Select(ClusterSource.From)]
            : [ClusterSource.From(inputData)];
        return sources.Contains(null) ? inputData : sources;
    }

    private static object Bare(object value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
