using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A snapshot in a store, which is read to be copied and proved on its way.</summary>
/// <param name="store">Where it lies.</param>
/// <param name="snapshot">What is known of it.</param>
/// <param name="explain">Says in our terms why reading failed.</param>
internal sealed class CopySource(ISnapshotStore store, EtcdSnapshot snapshot, Func<Exception, Task<EtcdSnapshotException>> explain)
{
    public EtcdSnapshot Snapshot => snapshot;

    /// <summary>Opens it, in the form in which it is to be written. The end of the stream is reached only when the snapshot was whole.</summary>
    public async Task<Stream> OpenAsync(bool asZip, CancellationToken cancellationToken)
    {
        Stream stored = await store.OpenAsync(snapshot, cancellationToken).ConfigureAwait(false);
        string place = snapshot.ToString();
        if (snapshot.IsZip && asZip)
        {
            return new ZipProvingStream(stored, place, snapshot.ContentHash);
        }

        ProvingStream database = new(snapshot.IsZip ? new UnzippedStream(stored, place) : stored, place, snapshot.ContentHash);
        return asZip ? new ZippedStream(database, snapshot.Name, snapshot.CreatedAt) : database;
    }

    /// <summary>Why reading it failed, in our terms.</summary>
    public async Task<EtcdSnapshotException> ExplainAsync(Exception error)
    {
        for (Exception? inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is EtcdSnapshotException known)
            {
                return known;
            }
        }

        return await explain(error).ConfigureAwait(false);
    }
}
