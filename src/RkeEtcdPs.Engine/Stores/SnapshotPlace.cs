using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>Somewhere snapshots may lie, not yet logged in to.</summary>
public sealed class SnapshotPlace
{
    private readonly Func<IProgress<HostEvent>, CancellationToken, Task<ISnapshotStore>> _open;

    private SnapshotPlace(string name, RkeNode? node, object? owner, Func<IProgress<HostEvent>, CancellationToken, Task<ISnapshotStore>> open)
    {
        Name = name;
        Node = node;
        Owner = owner ?? this;
        _open = open;
    }

    /// <summary>How users know it: a node's name, a folder's path.</summary>
    public string Name { get; }

    /// <summary>The node; null when it is no host.</summary>
    public RkeNode? Node { get; }

    /// <summary>The folder of a bucket; null when it is none.</summary>
    public S3Address? Address { get; private init; }

    /// <summary>True for a folder that this machine sees.</summary>
    internal bool IsFolder => Node is null && Address is null;

    /// <summary>The snapshot folder of a host.</summary>
    /// <param name="selected">The host.</param>
    /// <param name="options">How it is reached.</param>
    /// <param name="toolsImage">The image to work with there; null for the rke-tools image that it has.</param>
    public static SnapshotPlace OnHost(SelectedNode selected, HostOptions options, string? toolsImage = null)
    {
        ArgumentNullException.ThrowIfNull(selected);
        return new SnapshotPlace(
            selected.Node.Name,
            selected.Node,
            selected.Cluster,
            async (story, token) => await HostStore.ConnectAsync(selected, options, toolsImage, story, token).ConfigureAwait(false));
    }

    /// <summary>A folder that this machine sees.</summary>
    /// <param name="folder">Its full path.</param>
    /// <param name="only">The names of the files that count; null for all.</param>
    public static SnapshotPlace InFolder(string folder, IReadOnlyCollection<string>? only = null)
        => new(folder, null, null, (_, _) => Task.FromResult<ISnapshotStore>(new FolderStore(folder, only)));

    /// <summary>Whose snapshots lie in it: the cluster, or where that is not known the place itself. Names do not tell: many clusters are called local.</summary>
    internal object Owner { get; }

    /// <summary>A folder of a bucket.</summary>
    /// <param name="address">The folder.</param>
    /// <param name="connection">How it is reached.</param>
    public static SnapshotPlace InBucket(S3Address address, S3Connection connection)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new SnapshotPlace(address.ToString(), null, null, (story, _) => Task.FromResult(S3Store.Open(address, connection, story))) { Address = address };
    }

    /// <summary>Logs in to it.</summary>
    /// <exception cref="Errors.EtcdSnapshotException">It cannot be reached or used.</exception>
    internal Task<ISnapshotStore> OpenAsync(IProgress<HostEvent> story, CancellationToken cancellationToken) => _open(story, cancellationToken);

    /// <inheritdoc />
    public override string ToString() => Name;
}
