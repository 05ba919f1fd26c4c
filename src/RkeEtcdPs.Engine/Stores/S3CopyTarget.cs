using System.Diagnostics;
using System.Runtime.CompilerServices;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>A folder of a bucket, for one copy. The key appears when all parts are there; then the object is read back.</summary>
internal sealed class S3CopyTarget(S3Store store, CopyContent content, CopyRequest request) : ICopyTarget
{
    private readonly string _key = store.Address.Key(content.FileName);

    public bool NeedsLength => false;

    private string Path => store.Address.Path(_key);

    /// <summary>Opens one. The caller never names a type of the SDK.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ICopyTarget Open(ISnapshotStore store, CopyContent content, CopyRequest request) => new S3CopyTarget((S3Store)store, content, request);

    /// <summary>Why something in a bucket failed, in our terms.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static EtcdSnapshotException Explain(string place, Exception error) => S3Failure.From(place, error) ?? new UnexpectedFailureException(place, error);

    public Task<EtcdSnapshot?> FindAsync(CancellationToken cancellationToken) => store.LookAsync(_key, cancellationToken);

    public async Task<EtcdSnapshot> ProveAsync(EtcdSnapshot found, CancellationToken cancellationToken)
    {
        Stopwatch watch = Stopwatch.StartNew();
        // With -NoReadBack its size and hash, as the server tells them, must do; then it is not called verified.
        string hash = store.Connection.ReadBack ? await ReadBackAsync(found, cancellationToken).ConfigureAwait(false) : found.ContentHash!;
        return content.At(Path, SnapshotLocation.S3, found.Size, hash, watch.Elapsed, store.Connection.ReadBack) with { ModifiedAt = found.ModifiedAt };
    }

    // How much room a bucket has, no server tells.
    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<EtcdSnapshot> ReceiveAsync(Stream stream, long? length, CancellationToken cancellationToken)
    {
        Stopwatch watch = Stopwatch.StartNew();
        long size;
        using (CancellationTokenSource stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            stall.CancelAfter(request.StallLimit + store.Connection.RequestTimeout);
            try
            {
                WatchedStream watched = new(stream, () => stall.CancelAfter(Timeout.InfiniteTimeSpan), () => stall.CancelAfter(request.StallLimit + store.Connection.RequestTimeout));
                size = await new S3Upload(store, _key, content.Source).RunAsync(watched, stall.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new TimedOutException(Path, request.StallLimit, "It made no progress. Check the network, the server and the source.");
            }
        }

        EtcdSnapshot written = await store.LookAsync(_key, cancellationToken).ConfigureAwait(false)
            ?? throw new SnapshotMismatchException(Path, "the server took it and does not have it");
        if (written.Size != size)
        {
            throw new SnapshotMismatchException(Path, $"the server has {written.Size} bytes of {size} that were sent");
        }

        string hash = store.Connection.ReadBack ? await ReadBackOrRemoveAsync(written, cancellationToken).ConfigureAwait(false) : content.Source.ContentHash ?? written.ContentHash ?? "";
        return content.At(Path, SnapshotLocation.S3, size, hash, watch.Elapsed, store.Connection.ReadBack) with { ModifiedAt = written.ModifiedAt };
    }

    public Task<EtcdSnapshotException> ExplainAsync(Exception error) => Task.FromResult(Explain(Path, error));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<string> ReadBackOrRemoveAsync(EtcdSnapshot written, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadBackAsync(written, cancellationToken).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException damage) when (damage is SnapshotFile.SnapshotCorruptException or SnapshotMismatchException)
        {
            // Under this name nobody must find what is not the snapshot.
            await store.RemoveAsync(written, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<string> ReadBackAsync(EtcdSnapshot written, CancellationToken cancellationToken)
    {
        Stream stored = await store.OpenAsync(written, cancellationToken).ConfigureAwait(false);
        return await ContentProof.RunAsync(new TimedStream(stored, Path, request.StallLimit), content.IsZip, Path, content.Source.ContentHash, cancellationToken).ConfigureAwait(false);
    }
}
