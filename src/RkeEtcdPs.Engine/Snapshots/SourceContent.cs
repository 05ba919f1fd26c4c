using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>What is in the source of a copy. A list does not say it of a zip: it is read for that, once, when a place holds something of the name.</summary>
internal sealed class SourceContent : IAsyncDisposable
{
    private readonly CopySource _source;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lazy<Task<ZipContent>> _read;

    public SourceContent(CopySource source, CopyRequest request, IProgress<HostEvent> story)
    {
        _source = source;
        _read = new Lazy<Task<ZipContent>>(() => ReadAsync(request, story));
    }

    /// <summary>Why it could not be read; null when it could, or need not be.</summary>
    public EtcdSnapshotException? Failure { get; private set; }

    /// <summary>How a file differs from what would be written in its place, as a clause; null when it does not.</summary>
    /// <exception cref="EtcdSnapshotException">The source cannot be read; <see cref="Failure"/> is the same.</exception>
    public async Task<string?> FindDifferenceAsync(FoundCopy found, CopyContent content, CancellationToken cancellationToken)
    {
        if (found.Snapshot.ContentHash is not { } hash)
        {
            return $"{found.Snapshot.Size} bytes that are no whole snapshot";
        }

        EtcdSnapshot source = _source.Snapshot;
        bool stateTravels = source.IsZip && content.IsZip && !content.IsRepacked;
        bool isRead = source.ContentHash is null || (stateTravels && source.ContentHash == hash);
        ZipContent inside = isRead ? await _read.Value.WaitAsync(cancellationToken).ConfigureAwait(false) : new ZipContent(source.ContentHash!, null);
        string? state = stateTravels ? inside.State : null;
        return inside.Hash != hash ? $"its content hashes to {hash}"
            : found.State == state ? null
            : state is null ? $"it is the same snapshot with the state of the cluster beside it, which {(content.IsRepacked ? "-Compress leaves out" : "the source has not")}"
            : found.State is null ? "it is the same snapshot without the state of the cluster, which the source has beside it"
            : "it is the same snapshot with another state of the cluster beside it than the source has";
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_read.IsValueCreated)
        {
            await ((Task)_read.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _stop.Dispose();
    }

    private async Task<ZipContent> ReadAsync(CopyRequest request, IProgress<HostEvent> story)
    {
        EtcdSnapshot snapshot = _source.Snapshot;
        story.Report(new HostMessage(snapshot.Node ?? snapshot.Path, $"[copy] Reading [{snapshot.Name}] once more than usual: what is in a zip is not known before, and something of the name is there already"));
        try
        {
            return await _source.ProveAsync(request.StallLimit, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Failure = await _source.ExplainAsync(error).ConfigureAwait(false);
            throw Failure;
        }
    }
}
