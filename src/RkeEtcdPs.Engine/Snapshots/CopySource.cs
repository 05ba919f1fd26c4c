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

    /// <summary>True when it was opened behind what a folder has.</summary>
    public bool Resumed { get; private set; }

    /// <summary>Opens it, in the form in which it is to be written. The end of the stream is reached only when the snapshot was whole.</summary>
    /// <param name="content">The form in which it is to be written.</param>
    /// <param name="begun">What need not be read from the place again, for a folder here has it; null for nothing.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<Stream> OpenAsync(CopyContent content, PartialCopy? begun, CancellationToken cancellationToken)
    {
        Stream? rest = begun is null ? null : await store.OpenRestAsync(snapshot, begun, cancellationToken).ConfigureAwait(false);
        Resumed = rest is not null;
        Stream stored = rest is not null ? new JoinedStream(begun!.Open(), rest) : await store.OpenAsync(snapshot, cancellationToken).ConfigureAwait(false);
        string place = snapshot.ToString();
        if (snapshot.IsZip && content.IsZip && !content.IsRepacked)
        {
            return new ZipProvingStream(stored, place, snapshot.ContentHash);
        }

        ProvingStream database = new(snapshot.IsZip ? new UnzippedStream(stored, place) : stored, place, snapshot.ContentHash);
        return content.IsZip ? new ZippedStream(database, snapshot.Name, snapshot.CreatedAt) : database;
    }

    /// <summary>Reads it as it is, all of it, and proves it.</summary>
    public async Task<ZipContent> ProveAsync(TimeSpan stallLimit, CancellationToken cancellationToken)
    {
        Stream stored = new TimedStream(await store.OpenAsync(snapshot, cancellationToken).ConfigureAwait(false), snapshot.ToString(), stallLimit);
        return snapshot.IsZip
            ? await ContentProof.ReadZipAsync(stored, snapshot.ToString(), snapshot.ContentHash, cancellationToken).ConfigureAwait(false)
            : new ZipContent(await ContentProof.RunAsync(stored, false, snapshot.ToString(), snapshot.ContentHash, cancellationToken).ConfigureAwait(false), null);
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
