using System.Collections.Concurrent;
using System.Threading.Channels;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>The copy of one snapshot to all its destinations.</summary>
internal sealed class CopyRound(CopyPlaces places, CopyItem item, CopyRequest request, IProgress<HostEvent> story, ChannelWriter<CopyOutcome> outcomes)
{
    private readonly ConcurrentDictionary<CopyDestination, CancellationTokenSource> _limits = new();
    private readonly ConcurrentDictionary<CopyDestination, bool> _told = new();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        List<CopyDestination> left = [.. item.Destinations.Where(destination => !IsSource(destination))];
        List<EtcdSnapshotException> failures = [];
        try
        {
            foreach (EtcdSnapshot snapshot in item.Sources)
            {
                EtcdSnapshotException? failure = await RunAsync(snapshot, left, cancellationToken).ConfigureAwait(false);
                left.RemoveAll(_told.ContainsKey);
                if (failure is null || left.Count == 0)
                {
                    return;
                }

                failures.Add(failure);
                if (item.Sources.Count > 1)
                {
                    story.Report(new HostWarning(snapshot.Node ?? snapshot.Path, $"It cannot be the source. {failure.Message}"));
                }
            }

            EtcdSnapshotException cause = failures.Count > 1
                ? failures[0].With($"None of the other copies can be the source either. {string.Join(' ', failures.Skip(1).Select(other => other.Message))}")
                : failures[0];
            left.ForEach(destination => Fail(destination, cause));
        }
        finally
        {
            foreach (CancellationTokenSource limit in _limits.Values)
            {
                limit.Dispose();
            }
        }
    }

    /// <summary>Copies from one source to all that have no outcome yet.</summary>
    /// <returns>Why it is no source; those that have no outcome then want another one. Null when it was one.</returns>
    private async Task<EtcdSnapshotException?> RunAsync(EtcdSnapshot snapshot, IReadOnlyList<CopyDestination> destinations, CancellationToken cancellationToken)
    {
        // All that hold something of their place, from the moment in which they do: who stops while others still prepare must leave none locked.
        ConcurrentBag<ICopyTarget> held = [];
        try
        {
            CopySource source = await OpenSourceAsync(snapshot, cancellationToken).ConfigureAwait(false);
            await using SourceContent inside = new(source, request, story);
            CopyContent content = Describe(source.Snapshot);
            EtcdSnapshotException? failure = null;
            Branch?[] prepared = await Task.WhenAll(destinations.Select(destination => AttemptAsync(
                destination, null, () => inside.Failure, token => PrepareAsync(destination, content, inside, held, token), cancellationToken))).ConfigureAwait(false);
            Branch[] branches = [.. prepared.OfType<Branch>().Where(branch => !branch.Done)];
            if (branches.Length > 0 && inside.Failure is null)
            {
                failure = await SendAsync(source, content, branches, cancellationToken).ConfigureAwait(false);
            }

            return inside.Failure ?? failure;
        }
        catch (EtcdSnapshotException failure)
        {
            return failure; // Of the source, before anything was sent anywhere.
        }
        finally
        {
            await Task.WhenAll(held.Select(target => target.DisposeAsync().AsTask())).ConfigureAwait(false);
        }
    }

    private bool IsSource(CopyDestination destination) => request.Packing == SnapshotPacking.AsIs && destination switch
    {
        HostDestination host => item.Sources[0].Location == SnapshotLocation.Host && item.Sources[0].Node == host.Selected.Node.Name && item.Sources[0].Address == host.Selected.Node.Address,
        _ => false,
    };

    private async Task<CopySource> OpenSourceAsync(EtcdSnapshot snapshot, CancellationToken cancellationToken)
    {
        SnapshotName.Validate(snapshot.Name);
        if (snapshot.Kind is not (SnapshotKind.OneTime or SnapshotKind.Recurring) || (!snapshot.IsZip && snapshot.ContentHash is null))
        {
            throw new SnapshotFile.SnapshotCorruptException("it has no hash by which a copy could be proved: it is unfinished, empty, a copied database file or something else").In(snapshot.ToString());
        }

        return await places.SourceAsync(snapshot, cancellationToken).ConfigureAwait(false);
    }

    private CopyContent Describe(EtcdSnapshot snapshot)
    {
        bool zip = request.Packing == SnapshotPacking.AsIs ? snapshot.IsZip : request.Packing == SnapshotPacking.Zip;
        bool repacked = request.Packing == SnapshotPacking.Zip && snapshot.IsZip;
        // A zip is unpacked beside itself on a host. RKE's shrink to a tenth and more; what is not known is guessed on the safe side.
        const int usualRatio = 4;
        return new CopyContent
        {
            Name = snapshot.Name,
            IsZip = zip,
            IsRepacked = repacked,
            Length = zip == snapshot.IsZip && !repacked ? snapshot.Size : null,
            Room = (zip, snapshot.IsZip) switch { (false, false) => snapshot.Size, (true, false) => 2 * snapshot.Size, _ => (usualRatio + 1) * snapshot.Size },
            Source = snapshot,
        };
    }

    private async Task<Branch> PrepareAsync(CopyDestination destination, CopyContent content, SourceContent inside, ConcurrentBag<ICopyTarget> held, CancellationToken cancellationToken)
    {
        story.Report(new HostProgress(destination.Place, $"Copying {content.Name}", "looking") { Host = destination.Node });
        ICopyTarget target = await places.TargetAsync(destination, content, cancellationToken).ConfigureAwait(false);
        try
        {
            bool done = await target.FindAsync(cancellationToken).ConfigureAwait(false) is { } there
                && await IsIdenticalAsync(destination, target, there, content, inside, cancellationToken).ConfigureAwait(false);
            if (!done)
            {
                await target.PrepareAsync(cancellationToken).ConfigureAwait(false);
            }

            held.Add(target);
            return new Branch(destination, target, done);
        }
        catch
        {
            await target.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<bool> IsIdenticalAsync(
        CopyDestination destination, ICopyTarget target, FoundCopy found, CopyContent content, SourceContent inside, CancellationToken cancellationToken)
    {
        EtcdSnapshot there = found.Snapshot;
        string? difference = await inside.FindDifferenceAsync(found, content, cancellationToken).ConfigureAwait(false);
        if (difference is null)
        {
            try
            {
                EtcdSnapshot proved = await target.ProveAsync(there, cancellationToken).ConfigureAwait(false);
                story.Report(new HostMessage(destination.Place, $"[copy] Snapshot [{content.Name}] is there already with the same content; it is left as it is"));
                Succeed(destination, proved);
                return true;
            }
            catch (EtcdSnapshotException damage) when (damage is SnapshotFile.SnapshotCorruptException or SnapshotMismatchException)
            {
                story.Report(new HostMessage(destination.Place, $"[copy] What is there is damaged. {damage.Message}"));
                difference = "it is damaged";
            }
        }

        return request.Replace ? false : throw new SnapshotExistsException(there.Path, difference, there.Node);
    }

    /// <returns>Why the source failed; null when it did not.</returns>
    private async Task<EtcdSnapshotException?> SendAsync(CopySource source, CopyContent content, Branch[] branches, CancellationToken cancellationToken)
    {
        long? length = content.Length;
        if (length is null && branches.Any(branch => branch.Target.NeedsLength))
        {
            length = await MeasureAsync(source, content, cancellationToken).ConfigureAwait(false);
        }

        SnapshotFanOut fanOut = new(branches.Length, request.StallLimit);
        Task reading = fanOut.SendAsync(
            source.Snapshot.ToString(), token => OpenAsync(source, content, branches, token), async error => await source.ExplainAsync(error).ConfigureAwait(false), cancellationToken);
        try
        {
            await Task.WhenAll(branches.Select((branch, index) => ReceiveAsync(branch, content, fanOut, fanOut.Branches[index], length, cancellationToken))).ConfigureAwait(false);
        }
        finally
        {
            // Also when it is stopped: what it holds on the source's host must go before the way there does.
            await reading.ConfigureAwait(false);
        }

        return fanOut.Failure;
    }

    private async Task<Stream> OpenAsync(CopySource source, CopyContent content, Branch[] branches, CancellationToken cancellationToken)
    {
        PartialCopy? begun = branches.Select(branch => branch.Target.Begun).MaxBy(partial => partial?.Length ?? 0);
        Stream stream = await source.OpenAsync(content, begun, cancellationToken).ConfigureAwait(false);
        if (begun is not null)
        {
            story.Report(new HostMessage(source.Snapshot.Node ?? source.Snapshot.Path, source.Resumed
                ? $"[copy] Going on behind the {begun.Length} bytes that {begun.Path} has"
                : $"[copy] Beginning anew: {begun.Path} is not how [{content.Name}] begins"));
        }

        return stream;
    }

    private async Task<long> MeasureAsync(CopySource source, CopyContent content, CancellationToken cancellationToken)
    {
        story.Report(new HostMessage(source.Snapshot.Node ?? source.Snapshot.Path, $"[copy] Reading [{content.Name}] once more than usual: a host must know how long the file will be"));
        long length = 0;
        try
        {
            Stream stream = await source.OpenAsync(content, null, cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                await ChunkedRead.RunAsync(
                    new TimedStream(stream, source.Snapshot.ToString(), request.StallLimit),
                    (chunk, _) =>
                    {
                        length += chunk.Length;
                        return ValueTask.CompletedTask;
                    },
                    cancellationToken).ConfigureAwait(false);
            }

            return length;
        }
        catch (Exception error) when (error is not (EtcdSnapshotException or OperationCanceledException))
        {
            throw await source.ExplainAsync(error).ConfigureAwait(false);
        }
    }

    private async Task ReceiveAsync(Branch branch, CopyContent content, SnapshotFanOut fanOut, Stream stream, long? length, CancellationToken cancellationToken)
    {
        await using (stream.ConfigureAwait(false))
        {
            string activity = $"Copying {content.Name}";
            long done = 0;
            CountedStream watched = new(stream, read =>
            {
                done += read;
                story.Report(new HostProgress(branch.Destination.Place, activity, "sending", done, length ?? content.Source.Size) { Host = branch.Destination.Node });
            });
            story.Report(new HostMessage(branch.Destination.Place, $"[copy] Copying snapshot [{content.FileName}] from {content.Source}"));
            EtcdSnapshot? copy = await AttemptAsync(
                branch.Destination, branch.Target, () => fanOut.Failure, token => branch.Target.ReceiveAsync(watched, length, token), cancellationToken).ConfigureAwait(false);
            if (copy is not null)
            {
                story.Report(new HostMessage(branch.Destination.Place, $"[copy] Snapshot [{copy.Name}] is verified at {copy.Path}: {copy.Size} bytes"));
                Succeed(branch.Destination, copy);
            }
        }
    }

    /// <summary>Does something for one destination within its time. A failure becomes its outcome, and nobody else's; one of the source becomes none yet.</summary>
    private async Task<T?> AttemptAsync<T>(
        CopyDestination destination, ICopyTarget? target, Func<EtcdSnapshotException?> ofSource, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
        where T : class
    {
        CancellationTokenSource limit = _limits.GetOrAdd(destination, _ =>
        {
            CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            source.CancelAfter(request.Timeout ?? Timeout.InfiniteTimeSpan);
            return source;
        });
        try
        {
            return await work(limit.Token).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException failure) when (failure.Is(ofSource()))
        {
        }
        catch (EtcdSnapshotException failure)
        {
            Fail(destination, failure);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            Fail(destination, new TimedOutException(destination.Place, request.Timeout ?? TimeSpan.Zero, "Give it more time with -TimeoutSec, or none at all: without a limit it goes on as long as it makes progress."));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            EtcdSnapshotException failure = target is null ? new UnexpectedFailureException(destination.Place, error) : await target.ExplainAsync(error).ConfigureAwait(false);
            if (!failure.Is(ofSource()))
            {
                Fail(destination, failure);
            }
        }

        return null;
    }

    private void Succeed(CopyDestination destination, EtcdSnapshot copy)
    {
        _told.TryAdd(destination, true);
        story.Report(new HostProgress(destination.Place, $"Copying {item.Name}", "done", Completed: true) { Host = destination.Node });
        outcomes.TryWrite(new CopyOutcome(item.Name, destination.Subject, copy, null));
    }

    private void Fail(CopyDestination destination, EtcdSnapshotException failure)
    {
        if (!_told.TryAdd(destination, true))
        {
            return;
        }

        story.Report(new HostProgress(destination.Place, $"Copying {item.Name}", "failed", Completed: true) { Host = destination.Node });
        outcomes.TryWrite(new CopyOutcome(item.Name, destination.Subject, null, failure));
    }

    private sealed record Branch(CopyDestination Destination, ICopyTarget Target, bool Done);
}
