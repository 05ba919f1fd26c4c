using System.Diagnostics;
using System.Runtime.CompilerServices;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>A folder of a bucket, for one copy: sent to a key beside, read back there, and only then copied by the server to its own.</summary>
internal sealed class S3CopyTarget(S3Store store, CopyContent content, CopyRequest request, IProgress<HostEvent> story) : ICopyTarget
{
    private static readonly TimeSpan LastWordLimit = TimeSpan.FromSeconds(20);

    private readonly string _key = store.Address.Key(content.FileName);
    private readonly string _parts = store.Address.Key(SnapshotFolder.PartName(content.FileName));

    // No other client's, or that of an upload that is gone on with.
    private string _part = store.Address.Key(SnapshotFolder.OwnPartName(content.FileName));
    private EtcdSnapshot? _before;
    private S3BegunUpload? _begun;
    private bool _sending;

    public bool NeedsLength => false;

    // Its parts spare the sending, and not the reading.
    public PartialCopy? Begun => null;

    private string Path => store.Address.Path(_key);

    /// <summary>Opens one. The caller never names a type of the SDK.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ICopyTarget Open(ISnapshotStore store, CopyContent content, CopyRequest request, IProgress<HostEvent> story)
        => new S3CopyTarget((S3Store)store, content, request, story);

    /// <summary>Why something in a bucket failed, in our terms.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static EtcdSnapshotException Explain(string place, Exception error) => S3Failure.From(place, error) ?? new UnexpectedFailureException(place, error);

    public async Task<FoundCopy?> FindAsync(CancellationToken cancellationToken)
    {
        _before = await store.LookAsync(_key, cancellationToken).ConfigureAwait(false);
        if (_before is not { } there || !content.IsZip)
        {
            return _before is null ? null : new FoundCopy(_before);
        }

        try
        {
            // One of RKE's says nowhere what is in it, and is read for that.
            ZipContent read = !there.IsZip ? throw new SnapshotCorruptException("it is no zip")
                : there.ContentHash is { } hash ? new ZipContent(hash, await store.FindStateAsync(there, cancellationToken).ConfigureAwait(false))
                : await ContentProof.ReadZipAsync(await OpenAsync(there, cancellationToken).ConfigureAwait(false), Path, null, cancellationToken).ConfigureAwait(false);
            return new FoundCopy(there with { ContentHash = read.Hash }, read.State);
        }
        catch (SnapshotCorruptException)
        {
            return new FoundCopy(there with { ContentHash = null });
        }
    }

    public async Task<EtcdSnapshot> ProveAsync(EtcdSnapshot found, CancellationToken cancellationToken)
    {
        Stopwatch watch = Stopwatch.StartNew();
        // With -NoReadBack its size and hash, as the server tells them, must do; then it is not called verified.
        string hash = store.Connection.ReadBack ? await ReadBackAsync(found, cancellationToken).ConfigureAwait(false) : found.ContentHash!;
        return content.At(Path, SnapshotLocation.S3, found.Size, hash, watch.Elapsed, store.Connection.ReadBack) with { ModifiedAt = found.ModifiedAt };
    }

    // How much room a bucket has, no server tells.
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        S3Uploads uploads = new(store);
        try
        {
            IReadOnlyList<S3BegunUpload> begun = await uploads.ListAsync(_parts[..^".part".Length], cancellationToken).ConfigureAwait(false);
            foreach (S3BegunUpload upload in begun.Where(upload => SnapshotFolder.IsPart(upload.Key, _parts)).OrderByDescending(upload => upload.BegunAt))
            {
                if (request.Resume && _begun is null)
                {
                    (_begun, _part) = (upload, upload.Key);
                }
                else if (upload.IsQuiet)
                {
                    // What a client left that was killed.
                    await uploads.AbortAsync(upload.Key, upload.Id).ConfigureAwait(false);
                }
            }
        }
        catch (EtcdSnapshotException failure) when (S3Uploads.IsWithheld(failure))
        {
            if (request.Resume)
            {
                throw new ResumeNotPossibleException(store.Name, "the server does not say what of an unfinished upload it has", failure);
            }
        }
    }

    public async Task<EtcdSnapshot> ReceiveAsync(Stream stream, long? length, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(stream, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException && _before is not null)
        {
            throw Explain(Path, error).With(await TellOfOldAsync(_before).ConfigureAwait(false));
        }
    }

    public Task<EtcdSnapshotException> ExplainAsync(Exception error) => Task.FromResult(Explain(Path, error));

    public async ValueTask DisposeAsync()
    {
        if (_sending)
        {
            await RemovePartAsync().ConfigureAwait(false);
        }
    }

    private async Task<EtcdSnapshot> SendAsync(Stream stream, CancellationToken cancellationToken)
    {
        Stopwatch watch = Stopwatch.StartNew();
        SentObject sent = await UploadAsync(stream, cancellationToken).ConfigureAwait(false);
        EtcdSnapshot arrived = await LookAsync(_part, sent, cancellationToken).ConfigureAwait(false);
        string? hash = store.Connection.ReadBack ? await ReadBackAsync(arrived, cancellationToken).ConfigureAwait(false) : content.Source.ContentHash ?? arrived.ContentHash;
        if (!request.Replace && await store.LookAsync(_key, cancellationToken).ConfigureAwait(false) is not null)
        {
            throw new SnapshotExistsException(Path, "it came there while this one was sent", null);
        }

        string etag = await new S3Publication(store, _part, _key, content.Source with { ContentHash = hash }).RunAsync(sent, cancellationToken).ConfigureAwait(false);
        EtcdSnapshot named;
        try
        {
            named = await LookAsync(_key, sent, cancellationToken).ConfigureAwait(false);
            if (named.ContentHash != hash)
            {
                throw new SnapshotMismatchException(Path, $"the server's copy ends in {named.ContentHash ?? "no hash"} and not in {hash}");
            }
        }
        catch (SnapshotMismatchException wrong)
        {
            wrong.Add(await WithdrawAsync(etag).ConfigureAwait(false));
            throw;
        }

        await RemovePartAsync().ConfigureAwait(false);
        return content.At(Path, SnapshotLocation.S3, sent.Size, hash ?? "", watch.Elapsed, store.Connection.ReadBack) with { ModifiedAt = named.ModifiedAt };
    }

    private async Task<SentObject> UploadAsync(Stream stream, CancellationToken cancellationToken)
    {
        TimeSpan limit = request.StallLimit + store.Connection.RequestTimeout;
        using CancellationTokenSource stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stall.CancelAfter(limit);
        try
        {
            WatchedStream watched = new(stream, () => stall.CancelAfter(Timeout.InfiniteTimeSpan), () => stall.CancelAfter(limit));
            S3Upload upload = new(store, _part, content.Source, request.Resume, _begun);
            // Another client may go on with the same upload: the object is this one's only when it has ended it.
            _sending = _begun is null;
            SentObject sent = await upload.RunAsync(watched, stall.Token).ConfigureAwait(false);
            _sending = true;
            if (_begun is not null)
            {
                story.Report(new HostMessage(store.Name, $"[copy] Of [{content.FileName}] the server had {upload.Kept} parts already"));
            }

            return sent;
        }
        catch (OperationCanceledException) when (stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimedOutException(Path, request.StallLimit, "It made no progress. Check the network, the server and the source.");
        }
    }

    private async Task<EtcdSnapshot> LookAsync(string key, SentObject sent, CancellationToken cancellationToken)
    {
        EtcdSnapshot there = await store.LookAsync(key, cancellationToken).ConfigureAwait(false)
            ?? throw new SnapshotMismatchException(Path, "the server took it and does not have it");
        return there.Size == sent.Size ? there : throw new SnapshotMismatchException(Path, $"the server has {there.Size} bytes of {sent.Size} that were sent");
    }

    private async Task<string> ReadBackAsync(EtcdSnapshot written, CancellationToken cancellationToken)
    {
        return await ContentProof.RunAsync(await OpenAsync(written, cancellationToken).ConfigureAwait(false), content.IsZip, Path, content.Source.ContentHash, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Stream> OpenAsync(EtcdSnapshot stored, CancellationToken cancellationToken)
        => new TimedStream(await store.OpenAsync(stored, cancellationToken).ConfigureAwait(false), Path, request.StallLimit);

    /// <summary>Removes what the server has copied wrong, and says so. What another client has put there since is not touched.</summary>
    private async Task<string> WithdrawAsync(string etag)
    {
        if (_before is not null)
        {
            return $"What the server copied to {Path} is wrong, and was left there.";
        }

        using CancellationTokenSource limit = new(LastWordLimit);
        try
        {
            if (await store.FindETagAsync(_key, limit.Token).ConfigureAwait(false) != etag)
            {
                return $"What is at {Path} now is not what the server copied there, and was left.";
            }

            await store.DeleteAsync(_key, limit.Token).ConfigureAwait(false);
            return $"What the server copied to {Path} was removed.";
        }
        catch (SnapshotNotFoundException)
        {
            return $"Nothing is at {Path}.";
        }
        catch (Exception error) when (error is EtcdSnapshotException or OperationCanceledException)
        {
            return $"What the server copied to {Path} is wrong, and could not be removed.";
        }
    }

    private async Task<string> TellOfOldAsync(EtcdSnapshot before)
    {
        using CancellationTokenSource limit = new(LastWordLimit);
        try
        {
            EtcdSnapshot? now = await store.LookAsync(_key, limit.Token).ConfigureAwait(false);
            return (now?.Size, now?.ModifiedAt, now?.ContentHash) == (before.Size, before.ModifiedAt, before.ContentHash)
                ? $"What was at {Path} before is still there, as it was."
                : $"What was at {Path} before is not there any more.";
        }
        catch (Exception error) when (error is EtcdSnapshotException or OperationCanceledException)
        {
            return $"Whether what was at {Path} before is still there cannot be told.";
        }
    }

    private async Task RemovePartAsync()
    {
        using CancellationTokenSource limit = new(LastWordLimit);
        _sending = false;
        try
        {
            await store.DeleteAsync(_part, limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is EtcdSnapshotException or OperationCanceledException)
        {
            story.Report(new HostWarning(
                store.Name, $"What was sent first may be left at {store.Address.Path(_part)}: it could not be removed. {error.Message} `Remove-EtcdSnapshot -Unfinished` removes it."));
        }
    }
}
