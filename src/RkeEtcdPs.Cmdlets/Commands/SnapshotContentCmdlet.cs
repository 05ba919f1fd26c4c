using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Parameters;
using RkeEtcdPs.Engine.SnapshotFile;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>A cmdlet that reads the objects in snapshot files.</summary>
public abstract class SnapshotContentCmdlet : SnapshotFileCmdlet
{
    /// <summary>Only these kinds (<c>Deployment</c>) or resources (<c>deployments</c>), with wildcards.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(KindCompleter))]
    public string[]? Kind { get; set; }

    /// <summary>Only these namespaces, with wildcards. An empty one stands for the objects of the whole cluster.</summary>
    [Parameter]
    [ValidateNotNull]
    [SupportsWildcards]
    public string[]? Namespace { get; set; }

    /// <summary>Only objects of these names, with wildcards.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? Name { get; set; }

    /// <summary>Only etcd keys that begin so, case and all, such as <c>/registry/apps</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Key { get; set; }

    /// <summary>The state at an older revision that is still in the file.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long? AtRevision { get; set; }

    /// <summary>What the parameters ask for.</summary>
    private protected ContentFilter Filter => new()
    {
        Kind = Kind ?? [],
        Namespace = Namespace ?? [],
        Name = Name ?? [],
        KeyPrefix = Key ?? "",
        AtRevision = AtRevision,
    };
}
