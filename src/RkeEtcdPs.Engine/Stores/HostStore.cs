using System.Formats.Tar;
using System.Globalization;
using System.Runtime.CompilerServices;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>The snapshot folder of one host.</summary>
/// <remarks>Never waits for a save that is under way there, nor keeps one from running: its containers have names of their own.</remarks>
internal sealed class HostStore : ISnapshotStore
{
    /// <summary>What the names of its containers begin with.</summary>
    public const string ContainerPrefix = "etcdsnapshot-";

    private const string Mounted = "/snapshots";

    // What one command line takes, with names of 255 bytes.
    private const int RemovedAtOnce = 200;

    // Bytes per second.
    private const long SlowestDisk = 5 * 1024 * 1024;
    private const long SlowestLink = 100 * 1024;

    private static readonly TimeSpan SilenceLimit = TimeSpan.FromMinutes(2);

    private readonly SelectedNode _selected;
    private readonly DockerEngine _engine;
    private readonly string _image;
    private readonly string _operation = Guid.NewGuid().ToString("N");

    private HostStore(SelectedNode selected, DockerEngine engine, string image)
    {
        _selected = selected;
        _engine = engine;
        _image = image;
    }

    public string Name => Node.Name;

    /// <summary>The node.</summary>
    public RkeNode Node => _selected.Node;

    /// <summary>The node with its cluster.</summary>
    public SelectedNode Selected => _selected;

    /// <summary>Its Docker engine.</summary>
    public DockerEngine Engine => _engine;

    /// <summary>The rke-tools image on it.</summary>
    public string Image => _image;

    /// <summary>Logs in and finds the image to work with; changes nothing on the host.</summary>
    /// <exception cref="EtcdSnapshotException">The node cannot be reached, or its engine or the image cannot be used.</exception>
    public static async Task<HostStore> ConnectAsync(
        SelectedNode selected, HostOptions options, string? toolsImage, IProgress<HostEvent> story, CancellationToken cancellationToken)
    {
        DockerEngine engine = await DockerEngine.ConnectAsync(selected.Node, options, cancellationToken).ConfigureAwait(false);
        try
        {
            story.Report(new HostMessage(selected.Node.Name, $"[ssh] Reached Docker {engine.EngineVersion} (API {engine.ApiVersion}) through {engine.Way}"));
            string image = await ToolsImage.FindAsync(engine, selected.Cluster, toolsImage, story, cancellationToken).ConfigureAwait(false);
            return new HostStore(selected, engine, image);
        }
        catch
        {
            await engine.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The folder of a host that has been logged in to.</summary>
    public static HostStore On(SelectedNode selected, DockerEngine engine, string image) => new(selected, engine, image);

    /// <inheritdoc />
    /// <exception cref="EtcdSnapshotException">The folder cannot be listed. A host without the folder has no snapshots, which is no failure.</exception>
    public async IAsyncEnumerable<EtcdSnapshot> ListAsync(IReadOnlyList<string> names, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (StoredFile file in await ReadFolderAsync(cancellationToken).ConfigureAwait(false))
        {
            EtcdSnapshot snapshot = Describe(file);
            if (NamePattern.MatchesAny(names, snapshot.Name) || NamePattern.MatchesAny(names, file.FileName))
            {
                yield return snapshot;
            }
        }
    }

    /// <inheritdoc />
    /// <exception cref="SnapshotNotFoundException">It is not there any more, or is no regular file.</exception>
    public async Task<Stream> OpenAsync(EtcdSnapshot snapshot, CancellationToken cancellationToken)
    {
        string name = FileName(snapshot);
        HelperContainer helper = await CreateAsync(Describe("read", readOnly: true, ["true"]), cancellationToken).ConfigureAwait(false);
        Stream? archive = null;
        try
        {
            if (!await helper.ExistsAsync($"{Mounted}/{name}", cancellationToken).ConfigureAwait(false))
            {
                throw new SnapshotNotFoundException(snapshot.ToString(), "it is not there any more");
            }

            archive = await helper.ReadArchiveAsync($"{Mounted}/{name}", cancellationToken).ConfigureAwait(false);
            TarEntry? entry = await new TarReader(archive, leaveOpen: true).GetNextEntryAsync(copyData: false, cancellationToken).ConfigureAwait(false);
            return entry is { EntryType: TarEntryType.RegularFile or TarEntryType.V7RegularFile }
                ? new HostFileStream(entry.DataStream ?? Stream.Null, entry.Length, archive, helper)
                : throw new SnapshotNotFoundException(snapshot.ToString(), "it is no regular file");
        }
        catch (Exception error)
        {
            archive?.Dispose();
            await helper.DisposeAsync().ConfigureAwait(false);
            if (error is IOException or InvalidDataException)
            {
                throw await _engine.ExplainAsync(error).ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <inheritdoc />
    public async Task<Stream?> OpenRestAsync(EtcdSnapshot snapshot, PartialCopy begun, CancellationToken cancellationToken)
    {
        string file = $"{Mounted}/{FileName(snapshot)}";
        string bytes = begun.Length.ToString(CultureInfo.InvariantCulture);
        HelperContainer helper = await CreateAsync(Describe("read", readOnly: true, ["sh", "-c", EmbeddedScript.Read("hold-open.sh"), "hold-open", Seconds(HoldingTime(snapshot.Size))]) with { Leased = true }, cancellationToken).ConfigureAwait(false);
        try
        {
            await helper.StartAsync(cancellationToken).ConfigureAwait(false);
            ProgramResult hashed = await helper.ExecuteAsync(["sh", "-c", EmbeddedScript.Read("hash-beginning.sh"), "hash-beginning", file, bytes], cancellationToken).ConfigureAwait(false);
            if (begun.Length <= snapshot.Size && hashed.Output.Trim() == await begun.HashAsync(cancellationToken).ConfigureAwait(false))
            {
                string from = (begun.Length + 1).ToString(CultureInfo.InvariantCulture);
                Stream rest = await ProgramOutputStream.StartAsync(_engine, helper.Id, ["tail", "-c", $"+{from}", file], cancellationToken).ConfigureAwait(false);
                return new HostFileStream(rest, snapshot.Size - begun.Length, rest, helper);
            }
        }
        catch
        {
            await helper.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        await helper.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    /// <inheritdoc />
    /// <exception cref="EtcdSnapshotException">It is not there any more, has changed, or cannot be removed.</exception>
    public async Task RemoveAsync(EtcdSnapshot snapshot, CancellationToken cancellationToken)
    {
        await foreach ((_, EtcdSnapshotException? failure) in RemoveAsync([snapshot], cancellationToken).ConfigureAwait(false))
        {
            if (failure is not null)
            {
                throw failure;
            }
        }
    }

    /// <summary>Removes several files, each only if it still is what it was when listed.</summary>
    /// <remarks>Files that are unfinished or empty may be some that are being written: then the lock of saves is taken, and recent ones stay.</remarks>
    /// <returns>Each with why it was not removed; null when it was.</returns>
    /// <exception cref="OperationInProgressException">Unfinished files were to be removed, and a save is under way.</exception>
    public async IAsyncEnumerable<(EtcdSnapshot Snapshot, EtcdSnapshotException? Failure)> RemoveAsync(
        IReadOnlyList<EtcdSnapshot> snapshots, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (EtcdSnapshot[] part in snapshots.OrderBy(IsPerhapsBeingWritten).GroupBy(IsPerhapsBeingWritten).SelectMany(kind => kind.Chunk(RemovedAtOnce)))
        {
            HostRemoval removal = new(Node, part, FileName);
            HelperContainerSpec spec = new()
            {
                Name = IsPerhapsBeingWritten(part[0]) ? SnapshotFolder.SaveContainer : UniqueName("remove"),
                Image = _image,
                Entrypoint = ["sh", "-c", EmbeddedScript.Read("remove-snapshots.sh"), "remove-snapshots"],
                Arguments = [Seconds(IsPerhapsBeingWritten(part[0]) ? HostRemoval.Quiet : TimeSpan.Zero), .. removal.Arguments],
                Mounts = [new HelperMount(SnapshotFolder.Path, Mounted, ReadOnly: false)],
            };
            // Not to be interrupted half way: what was removed would not be told.
            await RunAsync(spec, removal.Add, CancellationToken.None).ConfigureAwait(false);
            foreach ((EtcdSnapshot, EtcdSnapshotException?) outcome in removal.Outcomes())
            {
                yield return outcome;
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The name of a file of this folder.</summary>
    /// <exception cref="SnapshotNotFoundException">The snapshot is not of this folder.</exception>
    public string FileName(EtcdSnapshot snapshot)
    {
        const string folder = SnapshotFolder.Path + "/";
        string name = snapshot.Path.StartsWith(folder, StringComparison.Ordinal) ? snapshot.Path[folder.Length..] : "";
        return snapshot.Location == SnapshotLocation.Host && snapshot.Node == Node.Name && name is not ("" or "." or "..") && !name.Contains('/')
            ? name
            : throw new SnapshotNotFoundException(snapshot.ToString(), $"that is no place in {SnapshotFolder.Path} of {Node.Name}");
    }

    /// <summary>A name for a container of this operation, which no other has.</summary>
    public static string UniqueName(string purpose) => $"{ContainerPrefix}{purpose}-{Guid.NewGuid():N}";

    /// <summary>How long reading a file may take on the slowest disk that a healthy host may have.</summary>
    public static TimeSpan ReadingTime(long size) => TimeSpan.FromSeconds((double)size / SlowestDisk);

    /// <summary>How long a container may stay in which a file is read: as long as the slowest link that is of any use takes.</summary>
    private static TimeSpan HoldingTime(long size) => TimeSpan.FromSeconds(Math.Min(86400, 600 + (size / SlowestLink)));

    /// <summary>Runs a helper container to its end and gives its exit code.</summary>
    /// <exception cref="TimedOutException">It fell silent.</exception>
    public async Task<long> RunAsync(HelperContainerSpec spec, Action<ContainerLine> add, CancellationToken cancellationToken, TimeSpan? extra = null)
    {
        TimeSpan limit = SilenceLimit + (extra ?? TimeSpan.Zero);
        await using HelperContainer helper = await HelperContainer.CreateAsync(_engine, spec, _operation, cancellationToken).ConfigureAwait(false);
        return await FinishAsync(helper, add, limit, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Creates a helper container, which the caller runs and disposes.</summary>
    public Task<HelperContainer> CreateAsync(HelperContainerSpec spec, CancellationToken cancellationToken)
        => HelperContainer.CreateAsync(_engine, spec, _operation, cancellationToken);

    /// <summary>Starts a helper container, follows it to its end and gives its exit code.</summary>
    /// <exception cref="TimedOutException">It fell silent for longer than the limit.</exception>
    public async Task<long> FinishAsync(HelperContainer helper, Action<ContainerLine> add, TimeSpan limit, CancellationToken cancellationToken)
    {
        await helper.StartAsync(cancellationToken).ConfigureAwait(false);
        using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(limit);
        try
        {
            await foreach (ContainerLine line in helper.ReadLinesAsync(silence.Token).ConfigureAwait(false))
            {
                silence.CancelAfter(limit);
                add(line);
            }

            return await helper.WaitAsync(silence.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimedOutException(Node, "A helper container", limit, "Check the disk of the host, and whether the folder is on a network file system that hangs.");
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private async Task<IReadOnlyList<StoredFile>> ReadFolderAsync(CancellationToken cancellationToken)
    {
        HostListing listing = new();
        HelperContainerSpec spec = Describe("list", readOnly: true, ["sh", "-c", EmbeddedScript.Read("list-snapshots.sh"), "list-snapshots"]);
        Task sweeping = HelperSweep.RunAsync(_engine, ContainerPrefix, cancellationToken);
        long exitCode;
        try
        {
            exitCode = await RunAsync(spec, listing.Add, cancellationToken).ConfigureAwait(false);
        }
        catch (FolderMissingException)
        {
            return [];
        }
        finally
        {
            await sweeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        try
        {
            return exitCode == 0 && listing.Complete
                ? listing.Files()
                : throw new StoreUnavailableException(Node, listing.Failure ?? $"listing it ended with exit code {exitCode}", "Nothing of it was listed.");
        }
        catch (FormatException error)
        {
            throw new ImageMissingException(Node, $"the image does not do as rke-tools: {error.Message}");
        }
    }

    private HelperContainerSpec Describe(string purpose, bool readOnly, IReadOnlyList<string> entrypoint) => new()
    {
        Name = UniqueName(purpose),
        Image = _image,
        Entrypoint = entrypoint,
        Mounts = [new HelperMount(SnapshotFolder.Path, Mounted, readOnly)],
    };

    private EtcdSnapshot Describe(StoredFile file) => file.Describe($"{SnapshotFolder.Path}/{file.FileName}", SnapshotLocation.Host) with
    {
        ClusterName = Node.ClusterName,
        Node = Node.Name,
        Address = Node.Address,
    };

    private static bool IsPerhapsBeingWritten(EtcdSnapshot snapshot) => snapshot.Kind is SnapshotKind.Unfinished or SnapshotKind.Empty;

    private static string Seconds(TimeSpan time) => ((long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
