using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>The snapshot folder of a host, for one copy.</summary>
internal sealed class HostCopyTarget(SnapshotHost host, CopyContent content, CopyRequest request, IProgress<HostEvent> story) : ICopyTarget
{
    private readonly HostSave _save = HostSave.On(host, request.OnHost(content.FileName), story);
    private SnapshotFolderLook? _look;

    public bool NeedsLength => true;

    public PartialCopy? Begun => null;

    public async Task<FoundCopy?> FindAsync(CancellationToken cancellationToken)
    {
        _look = await _save.LookAsync(cancellationToken).ConfigureAwait(false);
        return _look.IsFolder ? throw SnapshotExistsException.Folder($"{SnapshotFolder.Path}/{content.FileName}", host.Selected.Node.Name)
            : _look.Size is { } size ? new FoundCopy(Describe(_look.Trailer ?? "", size, TimeSpan.Zero, verified: false) with { ContentHash = _look.Trailer }, _look.State)
            : null;
    }

    public async Task<EtcdSnapshot> ProveAsync(EtcdSnapshot found, CancellationToken cancellationToken)
    {
        EtcdSnapshot proved = await _save.ProveAsync(cancellationToken).ConfigureAwait(false);
        return Complete(proved);
    }

    public Task PrepareAsync(CancellationToken cancellationToken)
        => _save.PrepareToReceiveAsync(_look ?? throw new InvalidOperationException("nobody has looked"), content.Room, content.Source.ContentHash, cancellationToken);

    public async Task<EtcdSnapshot> ReceiveAsync(Stream stream, long? length, CancellationToken cancellationToken)
    {
        long bytes = length ?? throw new InvalidOperationException("the length must be known");
        EtcdSnapshot copy = await _save.ReceiveAsync(stream, bytes, content.WrittenAt, cancellationToken).ConfigureAwait(false);
        return Complete(copy);
    }

    public async Task<EtcdSnapshotException> ExplainAsync(Exception error) => await _save.ExplainAsync(error).ConfigureAwait(false);

    public ValueTask DisposeAsync() => _save.DisposeAsync();

    // What the host says of the file, and what is known of the snapshot.
    private EtcdSnapshot Complete(EtcdSnapshot said)
        => Describe(said.ContentHash!, said.Size, said.Duration ?? TimeSpan.Zero, said.Verified) with { Revision = said.Revision, KeyCount = said.KeyCount };

    private EtcdSnapshot Describe(string hash, long size, TimeSpan duration, bool verified)
        => content.At($"{SnapshotFolder.Path}/{content.FileName}", SnapshotLocation.Host, size, hash, duration, verified) with
        {
            ClusterName = host.Selected.Node.ClusterName,
            Node = host.Selected.Node.Name,
            Address = host.Selected.Node.Address,
        };
}
