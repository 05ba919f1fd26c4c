using System.Collections;
using System.Management.Automation;

namespace RkeEtcdPs.Cmdlets.Parameters;

/// <summary>Lets a parameter of <see cref="ClusterSource"/> take paths, files, YAML text and clusters.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ClusterSourceTransformationAttribute : ArgumentTransformationAttribute
{
    /// <summary>True where files from the pipeline are something else; then a cluster's file is given by its path.</summary>
    public bool FilesAreOthers { get; set; }

    /// <summary>True where paths and files from the pipeline are something else. Those that are given by name become sources all the same, by their constructors: a
    /// transformation does not learn where its input comes from, but PowerShell converts what comes by the pipeline only when no other parameter takes it as it is.</summary>
    public bool PathsAreOthers { get; set; }

    /// <summary>Turns every element into a source; anything else is left for PowerShell to refuse, or to bind elsewhere.</summary>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object input = Bare(inputData);
        object?[] items = input is IEnumerable list and not string ? [.. list.Cast<object?>()] : [inputData];
        if ((FilesAreOthers && input is FileInfo) || (PathsAreOthers && items.Any(item => item is not null && Bare(item) is FileInfo or string)))
        {
            return inputData;
        }

        ClusterSource?[] sources = [.. items.Select(ClusterSource.From)];
        return sources.Contains(null) ? inputData : sources;
    }

    private static object Bare(object value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
