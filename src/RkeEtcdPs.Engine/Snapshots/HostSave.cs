using System.Diagnostics;
using System.Formats.Tar;
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

    private readonly SaveRequest _request;
    private readonly IProgress<HostEvent> _story;
    private readonly SnapshotHost _host;
    private readonly bool _ownsHost;
    private HelperContainer? _helper;
    private Stopwatch? _transferred;
    private SnapshotFolderWork? _work;
    private bool _receiving;
    private bool _runsOn;
    private bool _disposed;

    private HostSave(SnapshotHost host, SaveRequest request, IProgress<HostEvent> story, bool ownsHost)
    {
        _host = host;
        _request = request;
        _story = story;
        _ownsHost = ownsHost;
        Activity = ownsHost ? $"Saving {request.Name}" : $"Copying {request.Name}";
    }

    public SelectedNode Selected => _host.Selected;

    public RkeNode Node => Selected.Node;

    private string Activity { get; }

    /// <summary>Logs in and finds the image to work with; changes nothing on the host.</summary>
    public static async Task<HostSave> ConnectAsync(
        SelectedNode selected, SaveRequest request, HostOptions options, IProgress<HostEvent> story, CancellationToken cancellationToken)
    {
        SnapshotHost host = await SnapshotHost.ConnectAsync(selected, request.ToolsImage, $"Saving {request.Name}", options, story, cancellationToken).ConfigureAwait(false);
        return new HostSave(host, request, story, ownsHost: true);
    }

    /// <summary>For one file on a host that has been logged in to, and stays so after this.</summary>
    public static HostSave On(SnapshotHost host, SaveRequest request, IProgress<HostEvent> story) => new(host, request, story, ownsHost: false);

    /// <summary>Takes the lock of the host for saving there.</summary>
    /// <exception cref="EtcdSnapshotException">etcd does not run, or another save is under way.</exception>
    public async Task LockToSaveAsync(CancellationToken cancellationToken)
    {
        EtcdContainer etcd = await EtcdContainer.FindAsync(_host.Engine, cancellationToken).ConfigureAwait(false);
        await LockAsync(SnapshotFolderWork.Save, etcd, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes the lock of the host for reading there, or before it is known what will be done; etcd need not run.</summary>
    public Task LockToLookAsync(CancellationToken cancellationToken) => LockAsync(SnapshotFolderWork.Look, null, null, cancellationToken);

    /// <summary>Tells the room there is and what lies there under the name. Takes the lock.</summary>
    public async Task<SnapshotFolderLook> LookAsync(CancellationToken cancellationToken)
    {
        if (_work != SnapshotFolderWork.Look)
        {
            await LockToLookAsync(cancellationToken).ConfigureAwait(false); // It was tried as the source before.
        }

        await Helper.StartAsync(cancellationToken).ConfigureAwait(false);
        SnapshotFolderLook? look = null;
        await foreach (ContainerLine line in Helper.ReadLinesAsync(cancellationToken).ConfigureAwait(false))
        {
            look = line.IsError ? look : SnapshotFolderLook.Add(look, line.Text);
        }

        await Helper.WaitAsync(cancellationToken).ConfigureAwait(false);
        _work = null;
        return look ?? throw new ImageMissingException(Node, "the image does not do as rke-tools: it cannot look into the snapshot folder");
    }

    /// <summary>Verifies what lies there under the name. Takes the lock.</summary>
    /// <exception cref="EtcdSnapshotException">It is not a whole snapshot.</exception>
    public async Task<EtcdSnapshot> ProveAsync(CancellationToken cancellationToken)
    {
        await LockAsync(SnapshotFolderWork.Prove, null, null, cancellationToken).ConfigureAwait(false);
        return await RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes ready for the copy of a snapshot.</summary>
    /// <exception cref="NotEnoughDiskException">There is no room for it.</exception>
    public async Task PrepareToReceiveAsync(EtcdSnapshot snapshot, CancellationToken cancellationToken)
    {
        SnapshotFolderLook look = await LookAsync(cancellationToken).ConfigureAwait(false);
        await PrepareToReceiveAsync(look, snapshot.Size, snapshot.ContentHash, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes ready for a copy, after a look.</summary>
    /// <param name="look">What was seen.</param>
    /// <param name="needed">The bytes it will take on the disk.</param>
    /// <param name="hash">The SHA-256 its content must have; null when it is not known yet.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="NotEnoughDiskException">There is no room for it.</exception>
    public async Task PrepareToReceiveAsync(SnapshotFolderLook look, long needed, string? hash, CancellationToken cancellationToken)
    {
        if (look.Free < needed + (needed / 10))
        {
            throw new NotEnoughDiskException(Node, $"{SnapshotFolder.Path} has {look.Free} bytes free and the copy needs {needed}, with something to spare");
        }

        await LockAsync(SnapshotFolderWork.Receive, null, hash, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The state of the member on this host.</summary>
    public Task<EtcdMember> QueryMemberAsync(CancellationToken cancellationToken) => MemberQuery.RunAsync(_host.Engine, cancellationToken);

    /// <summary>Whether a snapshot of the name was there when the lock was taken.</summary>
    public bool NameIsTaken { get; private set; }

    /// <summary>Whether that is a folder, which nothing replaces.</summary>
    public bool NameIsOfFolder { get; private set; }

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
            _runsOn = true;
            _story.Report(new HostWarning(
                Node.Name, $"Contact was lost while the {(_work == SnapshotFolderWork.Save ? "save" : "copy")} ran. It may still finish there by itself: see whether {SnapshotFolder.Path}/{_request.Name} is there before you use that name again."));
            throw;
        }

        EtcdSnapshot snapshot = transcript.Conclude(exitCode, (_transferred?.Elapsed ?? TimeSpan.Zero) + watch.Elapsed);
        _story.Report(new HostMessage(
            Node.Name, $"[etcd] Snapshot [{snapshot.Name}] on host [{Node.Address}] is verified: {snapshot.Size} bytes, revision {snapshot.Revision}"));
        return snapshot;
    }

    /// <summary>Opens the file on this host; the stream says its length. Needs the lock.</summary>
    /// <exception cref="EtcdSnapshotException">It is not there, or the host is gone.</exception>
    public async Task<Stream> ReadAsync(CancellationToken cancellationToken)
    {
        string path = $"{SnapshotFolder.Mounted}/{_request.Name}";
        Stream archive = await Helper.ReadArchiveAsync(path, cancellationToken).ConfigureAwait(false);
        return await SnapshotArchive.OpenFileAsync(archive, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Why reading from this host failed, in our terms.</summary>
    public Task<EtcdSnapshotException> ExplainAsync(Exception error) => _host.Engine.ExplainAsync(error);

    /// <summary>Takes in a copy: writes it, verifies it, and only then gives the file its name. Needs the lock for receiving.</summary>
    /// <param name="content">Its bytes.</param>
    /// <param name="length">How many they are.</param>
    /// <param name="writtenAt">The time that the file gets.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<EtcdSnapshot> ReceiveAsync(Stream content, long length, DateTime writtenAt, CancellationToken cancellationToken)
    {
        _receiving = true;
        _transferred = Stopwatch.StartNew();
        try
        {
            await WriteAsync(new SnapshotArchive(SnapshotFolder.PartName(_request.Name), content, length, writtenAt), cancellationToken).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException failure) when (failure is NodeUnreachableException or DockerUnavailableException && failure.Node == Node.Name)
        {
            EtcdSnapshotException reason = failure is DockerUnavailableException refused ? await FindReasonAsync(refused, length, cancellationToken).ConfigureAwait(false) : failure;
            throw _receiving && !await RemoveAsync().ConfigureAwait(false) ? reason.With(Remains) : reason;
        }

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
        if (!await RemoveAsync().ConfigureAwait(false))
        {
            _story.Report(new HostWarning(Node.Name, Remains));
        }

        if (_ownsHost)
        {
            await _host.DisposeAsync().ConfigureAwait(false);
        }

        _story.Report(new HostProgress(Node.Name, Activity, "done", Completed: true) { Host = Node });
    }

    /// <summary>What is left on the host when it cannot be reached, and what removes it.</summary>
    private string Remains
        => $"{(_receiving ? $"What arrived of the copy is left at {Node.Name}:{SnapshotFolder.Path}/{SnapshotFolder.PartName(_request.Name)}, with the container {SnapshotFolder.SaveContainer}" : $"The container {SnapshotFolder.SaveContainer} is left on {Node.Name}")}: "
            + $"the next save or copy to that host removes it, one of another session when this one has ended or after two hours.";

    private HelperContainer Helper => _helper ?? throw new InvalidOperationException("the host is not locked");

    private async Task LockAsync(SnapshotFolderWork work, EtcdContainer? etcd, string? expectedHash, CancellationToken cancellationToken)
    {
        if (_helper is not null)
        {
            await _helper.DisposeAsync().ConfigureAwait(false);
            _helper = null;
        }

        HelperContainerSpec spec = SnapshotFolder.Describe(_host.Image, _request, work, etcd, expectedHash);
        _helper = await HelperContainer.CreateAsync(_host.Engine, spec, _request.Operation, cancellationToken).ConfigureAwait(false);
        _work = work;
        if (_ownsHost)
        {
            string path = $"{SnapshotFolder.Mounted}/{_request.Name}";
            NameIsTaken = await _helper.ExistsAsync(path, cancellationToken).ConfigureAwait(false);
            NameIsOfFolder = NameIsTaken && await _helper.IsFolderAsync(path, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Removes the container and an unfinished file, over a new connection when the old one is lost.</summary>
    /// <returns>False when they are left there.</returns>
    private async Task<bool> RemoveAsync()
    {
        if (_helper is not { } helper)
        {
            return true;
        }

        // The script removes its unfinished file when it is stopped. Only then may another one be put in its place.
        await helper.StopAsync().ConfigureAwait(false);
        if (_receiving)
        {
            await DiscardPartAsync().ConfigureAwait(false);
        }

        _helper = null;
        await helper.DisposeAsync().ConfigureAwait(false);
        return !helper.IsLeft || _runsOn || await _host.SweepAnewAsync(_request, _story).ConfigureAwait(false);
    }

    private async Task WriteAsync(Stream archive, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stall.CancelAfter(_request.StallLimit);
        try
        {
            // Every read of the source is progress of this target: it is read only when the target has taken what was read before.
            await Helper.WriteArchiveAsync(SnapshotFolder.Mounted, new WatchedStream(archive, () => stall.CancelAfter(Timeout.InfiniteTimeSpan), () => stall.CancelAfter(_request.StallLimit)), stall.Token)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimedOutException(Node, "The copy", _request.StallLimit, "It made no progress. Check the network, and the disk and the load of the hosts.");
        }
    }

    // An engine whose disk is full answers so and hangs up. Who is still sending then may learn of the end before the answer, which is lost; and not each answer names the disk.
    private async Task<EtcdSnapshotException> FindReasonAsync(DockerUnavailableException failure, long needed, CancellationToken cancellationToken)
    {
        if (!await DiscardPartAsync().ConfigureAwait(false))
        {
            return failure;
        }

        _receiving = false;
        try
        {
            SnapshotFolderLook look = await LookAsync(cancellationToken).ConfigureAwait(false);
            return look.Free < needed
                ? new NotEnoughDiskException(Node, $"{SnapshotFolder.Path} became full while the copy was written: it has {look.Free} bytes free and the copy needs {needed}")
                : failure;
        }
        catch (EtcdSnapshotException)
        {
            return failure;
        }
    }

    /// <summary>Removes what a broken transfer left.</summary>
    /// <returns>False when the way to the host is lost.</returns>
    private async Task<bool> DiscardPartAsync()
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
            return true;
        }
        catch (Exception error) when (error is EtcdSnapshotException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task FollowAsync(SaveTranscript transcript, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stall.CancelAfter(_request.StallLimit);
        string step = _work switch { SnapshotFolderWork.Receive => "Verifying the copy of", SnapshotFolderWork.Prove => "Verifying", _ => "Saving" };
        _story.Report(new HostMessage(Node.Name, $"[etcd] {step} snapshot [{_request.Name}] on host [{Node.Address}]"));
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
                    Node.Name, Activity, transcript.Verifying ? "verifying" : "saving", transcript.Verifying ? null : transcript.Bytes, transcript.Total)
                {
                    Host = Node,
                });
            }
        }
        catch (OperationCanceledException) when (stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimedOutException(Node, _work == SnapshotFolderWork.Save ? "The save" : "The copy", _request.StallLimit, "It made no progress. Check the disk and the load of the host, and Get-EtcdMember.");
        }
    }
}
