using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Members;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>The save of one snapshot on one host: log in, lock, save, verify, clean up.</summary>
internal sealed class HostSave : IAsyncDisposable
{
    // Bytes per second of the slowest disk that a healthy host may have.
    private const long SlowestDisk = 5 * 1024 * 1024;

    private readonly SelectedNode _selected;
    private readonly SaveRequest _request;
    private readonly IProgress<HostEvent> _story;
    private readonly DockerEngine _engine;
    private readonly string _image;
    private HelperContainer? _helper;
    private Stopwatch? _transferred;
    private bool _asksForRoom;
    private bool _receiving;
    private bool _disposed;

    private HostSave(SelectedNode selected, SaveRequest request, IProgress<HostEvent> story, DockerEngine engine, string image)
    {
        _selected = selected;
        _request = request;
        _story = story;
        _engine = engine;
        _image = image;
    }

    public SelectedNode Selected => _selected;

    public RkeNode Node => _selected.Node;

    private string Activity => $"Saving {_request.Name}";

    /// <summary>Logs in and finds the image to work with; changes nothing on the host.</summary>
    public static async Task<HostSave> ConnectAsync(
        SelectedNode selected, SaveRequest request, HostOptions options, IProgress<HostEvent> story, CancellationToken cancellationToken)
    {
        RkeNode node = selected.Node;
        story.Report(new HostProgress(node.Name, $"Saving {request.Name}", "connecting"));
        DockerEngine? engine = null;
        try
        {
            engine = await DockerEngine.ConnectAsync(node, options, cancellationToken).ConfigureAwait(false);
            story.Report(new HostMessage(node.Name, $"[ssh] Reached Docker {engine.EngineVersion} (API {engine.ApiVersion}) through {engine.Way}"));
            string image = await ToolsImage.FindAsync(engine, selected.Cluster, request.ToolsImage, story, cancellationToken).ConfigureAwait(false);
            return new HostSave(selected, request, story, engine, image);
        }
        catch
        {
            if (engine is not null)
            {
                await engine.DisposeAsync().ConfigureAwait(false);
            }

            story.Report(new HostProgress(node.Name, $"Saving {request.Name}", "failed", Completed: true));
            throw;
        }
    }

    /// <summary>Takes the lock of the host for saving there.</summary>
    /// <exception cref="EtcdSnapshotException">etcd does not run, or another save is under way.</exception>
    public async Task LockToSaveAsync(CancellationToken cancellationToken)
    {
        EtcdContainer etcd = await EtcdContainer.FindAsync(_engine, cancellationToken).ConfigureAwait(false);
        await LockAsync(etcd, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes the lock of the host for receiving a copy there; etcd need not run.</summary>
    public Task LockToReceiveAsync(CancellationToken cancellationToken) => LockAsync(null, null, cancellationToken);

    /// <summary>Makes ready for the copy of a snapshot.</summary>
    /// <exception cref="NotEnoughDiskException">There is no room for it.</exception>
    public async Task PrepareToReceiveAsync(EtcdSnapshot snapshot, CancellationToken cancellationToken)
    {
        if (!_asksForRoom)
        {
            await LockToReceiveAsync(cancellationToken).ConfigureAwait(false); // It was tried as the source before.
        }

        await Helper.StartAsync(cancellationToken).ConfigureAwait(false);
        long? free = null;
        await foreach (ContainerLine line in Helper.ReadLinesAsync(cancellationToken).ConfigureAwait(false))
        {
            free ??= line.Text.StartsWith("free ", StringComparison.Ordinal) && long.TryParse(line.Text[5..], NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : null;
        }

        await Helper.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (free < snapshot.Size + (snapshot.Size / 10))
        {
            throw new NotEnoughDiskException(Node, $"{SnapshotFolder.Path} has {free} bytes free and the copy needs {snapshot.Size}, with something to spare");
        }

        await LockAsync(null, snapshot.ContentHash, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The state of the member on this host.</summary>
    public Task<EtcdMember> QueryMemberAsync(CancellationToken cancellationToken) => MemberQuery.RunAsync(_engine, cancellationToken);

    /// <summary>Whether a snapshot of the name was there when the lock was taken.</summary>
    public bool NameIsTaken { get; private set; }

    /// <summary>Saves, or takes in what was sent; verifies, and only then gives the file its name.</summary>
    public async Task<EtcdSnapshot> RunAsync(CancellationToken cancellationToken)
    {
        Stopwatch watch = Stopwatch.StartNew();
        SaveTranscript transcript = new(Node, _request.Name);
        long exitCode;
        await Helper.StartAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await FollowAsync(transcript, cancellationToken).ConfigureAwait(false);
            exitCode = await Helper.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException failure) when (failure is NodeUnreachableException or DockerUnavailableException { Answered: false })
        {
            _story.Report(new HostWarning(
                Node.Name, $"Contact was lost while the save ran. It may still finish there by itself: see whether {SnapshotFolder.Path}/{_request.Name} is there before you use that name again."));
            throw;
        }

        EtcdSnapshot snapshot = transcript.Conclude(exitCode, (_transferred?.Elapsed ?? TimeSpan.Zero) + watch.Elapsed);
        _story.Report(new HostMessage(
            Node.Name, $"[etcd] Snapshot [{snapshot.Name}] on host [{Node.Address}] is verified: {snapshot.Size} bytes, revision {snapshot.Revision}"));
        return snapshot;
    }

    /// <summary>Opens the snapshot on this host as a tar archive of one entry. Needs the lock.</summary>
    public Task<Stream> ReadAsync(CancellationToken cancellationToken)
        => Helper.ReadArchiveAsync($"{SnapshotFolder.Mounted}/{_request.Name}", cancellationToken);

    /// <summary>Why reading from this host failed, in our terms.</summary>
    public Task<EtcdSnapshotException> ExplainAsync(Exception error) => _engine.ExplainAsync(error);

    /// <summary>Takes in a copy: unpacks it, verifies it, and only then gives the file its name. Needs the lock for receiving.</summary>
    public async Task<EtcdSnapshot> ReceiveAsync(Stream archive, CancellationToken cancellationToken)
    {
        _receiving = true;
        _transferred = Stopwatch.StartNew();
        await WriteAsync(archive, cancellationToken).ConfigureAwait(false);
        _transferred.Stop();
        EtcdSnapshot snapshot = await RunAsync(cancellationToken).ConfigureAwait(false);
        _receiving = false;
        return snapshot;
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (_helper is not null)
        {
            // The script removes its unfinished file when it is stopped. Only then may another one be put in its place.
            await _helper.StopAsync().ConfigureAwait(false);
            if (_receiving)
            {
                await DiscardPartAsync().ConfigureAwait(false);
            }

            await _helper.DisposeAsync().ConfigureAwait(false);
        }

        await _engine.DisposeAsync().ConfigureAwait(false);
        _story.Report(new HostProgress(Node.Name, Activity, "done", Completed: true));
    }

    private HelperContainer Helper => _helper ?? throw new InvalidOperationException("the host is not locked");

    private async Task LockAsync(EtcdContainer? etcd, string? expectedHash, CancellationToken cancellationToken)
    {
        if (_helper is not null)
        {
            await _helper.DisposeAsync().ConfigureAwait(false);
            _helper = null;
        }

        _asksForRoom = etcd is null && expectedHash is null;
        HelperContainerSpec spec = SnapshotFolder.Describe(_image, _request, etcd, expectedHash);
        _helper = await HelperContainer.CreateAsync(_engine, spec, _request.Operation, cancellationToken).ConfigureAwait(false);
        NameIsTaken = await _helper.ExistsAsync($"{SnapshotFolder.Mounted}/{_request.Name}", cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteAsync(Stream archive, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stall.CancelAfter(_request.StallLimit);
        try
        {
            // Every read of the source is progress of this target: it is read only when the target has taken what was read before.
            await Helper.WriteArchiveAsync(SnapshotFolder.Mounted, new WatchedStream(archive, () => stall.CancelAfter(_request.StallLimit)), stall.Token)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimedOutException(Node, "The copy", _request.StallLimit, "It made no progress. Check the network, and the disk and the load of the hosts.");
        }
    }

    /// <summary>Removes what a broken transfer left.</summary>
    private async Task DiscardPartAsync()
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(20));
        try
        {
            // An empty file in its place is not a snapshot: the script refuses it and removes it.
            MemoryStream archive = new();
            using (TarWriter writer = new(archive, TarEntryFormat.Pax, leaveOpen: true))
            {
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, SnapshotFolder.PartName(_request.Name)));
            }

            archive.Position = 0;
            await Helper.WriteArchiveAsync(SnapshotFolder.Mounted, archive, limit.Token).ConfigureAwait(false);
            await Helper.StartAsync(limit.Token).ConfigureAwait(false);
            await Helper.WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is EtcdSnapshotException or OperationCanceledException)
        {
            // The host is gone. The next save there removes what is left.
        }
    }

    private async Task FollowAsync(SaveTranscript transcript, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stall.CancelAfter(_request.StallLimit);
        _story.Report(new HostMessage(Node.Name, $"[etcd] {(_receiving ? "Verifying the copy of" : "Saving")} snapshot [{_request.Name}] on host [{Node.Address}]"));
        try
        {
            long bytes = 0;
            bool verifying = false;
            await foreach (ContainerLine line in Helper.ReadLinesAsync(stall.Token).ConfigureAwait(false))
            {
                transcript.Add(line);
                if (transcript.Bytes > bytes || transcript.Verifying != verifying)
                {
                    // The script says something every second; what counts is that the file grows. Flushing it to the disk and reading
                    // it back show no growth, and take the longer the larger it is.
                    bytes = transcript.Bytes;
                    verifying = transcript.Verifying;
                    stall.CancelAfter(_request.StallLimit + TimeSpan.FromSeconds((double)bytes / SlowestDisk));
                }

                _story.Report(new HostProgress(
                    Node.Name, Activity, transcript.Verifying ? "verifying" : "saving", transcript.Verifying ? null : transcript.Bytes, transcript.Total));
            }
        }
        catch (OperationCanceledException) when (stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimedOutException(Node, "The save", _request.StallLimit, "It made no progress. Check the disk and the load of the host, and Get-EtcdMember.");
        }
    }
}
