using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A snapshot in the folder of a host. While it is read it is locked: no save and no other copy works there.</summary>
internal sealed class HostCopySource(SnapshotHost host, EtcdSnapshot snapshot, CopyRequest request, IProgress<HostEvent> story) : ICopySource
{
    private readonly HostSave _save = HostSave.On(host, request.OnHost(snapshot.IsZip ? snapshot.Name + ".zip" : snapshot.Name), story);
    private bool _locked;

    public EtcdSnapshot Snapshot => snapshot;

    public async Task<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        if (!_locked)
        {
            await _save.LockToLookAsync(cancellationToken).ConfigureAwait(false);
            _locked = true;
        }

        return await _save.ReadAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<EtcdSnapshotException> ExplainAsync(Exception error) => await _save.ExplainAsync(error).ConfigureAwait(false);

    public ValueTask DisposeAsync() => _save.DisposeAsync();
}
