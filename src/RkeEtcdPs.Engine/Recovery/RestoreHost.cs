using System.Collections.Concurrent;
using System.Diagnostics;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery.NewHosts;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>One host in a restore: the way to it, its lock, and what is known of it.</summary>
internal sealed class RestoreHost(SelectedNode selected, bool isMember, string operation, string? toolsImage, HostOptions options, IProgress<HostEvent> story) : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);

    // Steps that only rename, look or write a few lines. Others take as long as there is data.
    private static readonly string[] ShortVerbs = ["look", "list", "begin", "mark", "certify", "switch", "back", "uncertify"];
    private static readonly TimeSpan ShortLimit = TimeSpan.FromMinutes(2);

    // Removes what may be large; somebody who stopped the restore waits for it.
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromMinutes(10);

    // Well within the lease, so that there is time for another.
    private static readonly TimeSpan BeatLimit = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _over = new();
    private DockerEngine? _engine;
    private HelperContainer? _holder;
    private HelperContainer? _saveLock;
    private string? _lockedFolder;
    private Task _beating = Task.CompletedTask;

    public RkeNode Node => selected.Node;

    public RkeCluster Cluster => selected.Cluster;

    /// <summary>True when its member is restored; otherwise only its API server matters.</summary>
    public bool IsMember => isMember;

    public bool IsControlPlane => Node.Is(NodeRoles.ControlPlane);

    public DockerEngine Engine => _engine ?? throw new DockerUnavailableException(Node, "the way to it is lost");

    public bool Connected => _engine is not null;

    /// <summary>The etcd container; null when there is none.</summary>
    public EtcdDeployment? Etcd { get; set; }

    /// <summary>The etcd container that it is given, as it will be; null when it has one.</summary>
    public EtcdDeployment? Planned { get; set; }

    /// <summary>What the planned container is made after, in words.</summary>
    public string PlannedAfter { get; set; } = "";

    /// <summary>The certificates that are issued for it; empty when it has all that it needs.</summary>
    public IReadOnlyList<NewCertificate> NewCertificates { get; set; } = [];

    /// <summary>The name of its member.</summary>
    public string MemberName => (Etcd ?? Planned)?.MemberName ?? Node.EtcdMemberName;

    /// <summary>Where its peers reach it.</summary>
    public string PeerUrls => (Etcd ?? Planned)?.PeerUrls ?? Node.EtcdPeerUrl;

    /// <summary>The record by which this client has begun to stop etcd or the API server here; null before.</summary>
    public RestoreRecord? Halted { get; set; }

    /// <summary>Whether its member was the leader when it was asked.</summary>
    public bool Leads { get; set; }

    /// <summary>How far its clock is ahead of this machine's.</summary>
    public TimeSpan ClockOffset { get; private set; }

    public HostLook Look { get; set; } = new();

    /// <summary>The images to work with, and those that it is given.</summary>
    public HostImages Images { get; } = new(selected.Cluster, toolsImage, story);

    public string ToolsImageId { get; private set; } = "";

    public ConcurrentQueue<RestoreStepDuration> Steps { get; } = new();

    /// <summary>Runs from the stop of its member to its first proof of health.</summary>
    public Stopwatch Outage { get; } = new();

    public long? Revision { get; set; }

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        _engine = await DockerEngine.ConnectAsync(Node, options, cancellationToken).ConfigureAwait(false);
        story.Report(new HostMessage(Node.Name, $"[ssh] Reached Docker {_engine.EngineVersion} (API {_engine.ApiVersion}) through {_engine.Way}"));
        Etcd = Node.Is(NodeRoles.Etcd) ? await EtcdDeployment.FindAsync(_engine, cancellationToken).ConfigureAwait(false) : null;
    }

    /// <summary>The folder of etcd's data on the host, as it was taken with.</summary>
    public string DataFolder => _lockedFolder ?? throw new InvalidOperationException("the host is not locked");

    public bool Locked => _holder is not null;

    private HelperContainer Holder => _holder ?? throw new DockerUnavailableException(Node, "it is not locked");

    /// <summary>Where an operation keeps what is its own.</summary>
    public string PathOf(string operation, string part) => $"{DataFolder}/{RestoreScript.Folder}/{operation}/{part}";

    /// <summary>Makes it possible to look at etcd's data folder, also while somebody works there.</summary>
    public async Task OpenAsync(string hostDataFolder, CancellationToken cancellationToken)
    {
        _lockedFolder = hostDataFolder;
        ToolsImageId = await Images.FindToolsAsync(Engine, cancellationToken).ConfigureAwait(false);
        await HelperSweep.RunAsync(Engine, RestoreScript.LookContainer, cancellationToken).ConfigureAwait(false);
        HelperContainerSpec spec = RestoreScript.Describe(ToolsImageId, hostDataFolder) with { Name = $"{RestoreScript.LookContainer}-{operation}" };
        _holder = await HelperContainer.CreateAsync(Engine, spec, operation, cancellationToken).ConfigureAwait(false);
        await _holder.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes the host, with etcd's data folder at hand.</summary>
    public async Task LockAsync(string hostDataFolder, CancellationToken cancellationToken)
    {
        _lockedFolder = hostDataFolder;
        ToolsImageId = await Images.FindToolsAsync(Engine, cancellationToken).ConfigureAwait(false);
        _holder = await HelperContainer.CreateAsync(
            Engine, RestoreScript.Describe(ToolsImageId, hostDataFolder, (Etcd ?? Planned)?.HostCertificateFolder), operation, cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(_holder.StartAsync(cancellationToken), LockOutSavesAsync(cancellationToken)).ConfigureAwait(false);
        if (_beating.IsCompleted)
        {
            _beating = BeatAsync();
        }
    }

    /// <summary>Makes sure that the host is still ours, right before its engine is told to do what it would do for anybody.</summary>
    /// <remarks>After a sleep, as of a closed laptop, somebody else may have finished the work. A step in the container that is the lock finds that by itself.</remarks>
    /// <exception cref="LockLostException">It is not.</exception>
    public async Task CheckLockAsync(CancellationToken cancellationToken)
    {
        if (await ContainerCalls.InspectAsync(Engine, Holder.Id, cancellationToken).ConfigureAwait(false) is not { State.Running: true })
        {
            throw new LockLostException(Node);
        }
    }

    /// <summary>Keeps saves away from the host.</summary>
    public async Task LockOutSavesAsync(CancellationToken cancellationToken)
        => _saveLock ??= await HelperContainer.CreateAsync(Engine, RestoreScript.DescribeSaveLock(ToolsImageId), operation, cancellationToken).ConfigureAwait(false);

    /// <summary>Lets them in again: a copy comes by the same way.</summary>
    public async Task LetSavesInAsync()
    {
        if (_saveLock is { } held)
        {
            _saveLock = null;
            await held.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Runs a step of the script.</summary>
    /// <returns>The lines it wrote.</returns>
    /// <exception cref="EtcdSnapshotException">It says that it failed, or it ended without a word.</exception>
    public async Task<string[]> RunAsync(string verb, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        HelperContainer holder = Holder;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        TimeSpan longest = verb switch
        {
            "beat" => BeatLimit,
            "unstage" => RemovalLimit,
            _ => ShortVerbs.Contains(verb) ? ShortLimit : Timeout.InfiniteTimeSpan,
        };
        limit.CancelAfter(longest);
        ProgramResult result;
        try
        {
            result = await holder.ExecuteAsync([.. RestoreScript.Words(verb), .. arguments], limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimedOutException(Node, $"The step {verb}", longest, "Check the load of the host, its disk, and whether its Docker engine hangs: `docker ps`.");
        }

        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string? failure = lines.FirstOrDefault(line => line.StartsWith("failed ", StringComparison.Ordinal));
        return result.ExitCode == 0 && failure is null ? lines : throw RestoreScriptFailure.Explain(Node, verb, failure?["failed ".Length..] ?? "", result);
    }

    public Task<string[]> RunAsync(string verb, CancellationToken cancellationToken, params string[] arguments) => RunAsync(verb, arguments, cancellationToken);

    public async Task LookAsync(CancellationToken cancellationToken)
    {
        Look = HostLook.Parse(await RunAsync("look", cancellationToken).ConfigureAwait(false));
        ClockOffset = Look.Now - DateTimeOffset.UtcNow;
    }

    /// <summary>Runs a program of the etcd image to its end.</summary>
    public async Task<ProgramResult> RunToolAsync(string image, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        HelperContainerSpec spec = RestoreScript.DescribeTool(image, Holder, command);
        await using HelperContainer tool = await HelperContainer.CreateAsync(Engine, spec, operation, cancellationToken).ConfigureAwait(false);
        await tool.StartAsync(cancellationToken).ConfigureAwait(false);
        List<string> output = [];
        List<string> error = [];
        await foreach (ContainerLine line in tool.ReadLinesAsync(cancellationToken).ConfigureAwait(false))
        {
            (line.IsError ? error : output).Add(line.Text);
        }

        return new ProgramResult(await tool.WaitAsync(cancellationToken).ConfigureAwait(false), string.Join('\n', output), string.Join('\n', error));
    }

    /// <summary>The folder of its certificates on the host, which is at hand while it is taken; null when there is none.</summary>
    public string? CertificateFolder => (Etcd ?? Planned)?.HostCertificateFolder;

    /// <summary>Whether there is such a folder.</summary>
    public bool HasCertificateFolder => CertificateFolder is not null;

    /// <summary>The text of a file in the folder of its certificates; null when there is none.</summary>
    public Task<string?> ReadCertificateAsync(string name, CancellationToken cancellationToken)
        => ContainerFile.ReadTextAsync(Engine, Holder.Id, $"{RestoreScript.Certificates}/{name}", cancellationToken);

    /// <summary>Puts files into the folder of its certificates.</summary>
    public Task WriteCertificatesAsync(Stream archive, CancellationToken cancellationToken) => Holder.WriteArchiveAsync(RestoreScript.Certificates, archive, cancellationToken);

    /// <summary>Runs a step of which nobody must see what it wrote.</summary>
    public Task<ProgramResult> RunQuietlyAsync(string verb, string argument, CancellationToken cancellationToken)
        => Holder.ExecuteAsync([.. RestoreScript.Words(verb), argument], cancellationToken);

    /// <summary>Takes the host anew, over a new way where the old one is lost.</summary>
    /// <remarks>What a step that was given up still does there ends with the container in which it runs.</remarks>
    public async Task ReviveAsync(string hostDataFolder, CancellationToken cancellationToken)
    {
        try
        {
            if (_engine is not null && _holder is { } held)
            {
                await RunAsync("beat", cancellationToken).ConfigureAwait(false);
                held.Abandon();
                await LockAsync(_lockedFolder ?? hostDataFolder, cancellationToken).ConfigureAwait(false);
                return;
            }
        }
        catch (EtcdSnapshotException)
        {
            // Lost: from the beginning.
        }

        await DisconnectAsync().ConfigureAwait(false);
        await ConnectAsync(cancellationToken).ConfigureAwait(false);
        if (isMember)
        {
            await LockAsync(_lockedFolder ?? (Etcd ?? Planned)?.HostDataFolder ?? hostDataFolder, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Logs in anew, without taking the host.</summary>
    public async Task ReconnectAsync(CancellationToken cancellationToken)
    {
        await DisconnectAsync().ConfigureAwait(false);
        await ConnectAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Does something on the host; once more over a new connection when the old one is dead. A host with a member that was not taken is left alone.</summary>
    public async Task WithNewWayAsync(Func<RestoreHost, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(this, cancellationToken).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException failure) when (failure is not LockLostException && (!isMember || Locked))
        {
            await (isMember ? ReviveAsync(DataFolder, cancellationToken) : ReconnectAsync(cancellationToken)).ConfigureAwait(false);
            await work(this, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync().ConfigureAwait(false);
        await _beating.ConfigureAwait(false);
        await Task.WhenAll(new[] { _saveLock, _holder }.OfType<HelperContainer>().Select(container => container.DisposeAsync().AsTask())).ConfigureAwait(false);
        await DisconnectAsync().ConfigureAwait(false);
        _over.Dispose();
        story.Report(new HostProgress(Node.Name, RestoreSession.Activity, "done", Completed: true));
    }

    private async Task DisconnectAsync()
    {
        DockerEngine? engine = _engine;
        _holder?.Abandon();
        _saveLock?.Abandon();
        (_engine, _holder, _saveLock) = (null, null, null);
        if (engine is not null)
        {
            await engine.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task BeatAsync()
    {
        using PeriodicTimer timer = new(Beat);
        try
        {
            while (await timer.WaitForNextTickAsync(_over.Token).ConfigureAwait(false))
            {
                try
                {
                    await RunAsync("beat", _over.Token).ConfigureAwait(false);
                }
                catch (Exception) when (!_over.IsCancellationRequested)
                {
                    // The next step says what is wrong; the way may also have been given up at this moment, to be found anew.
                }
            }
        }
        catch (Exception) when (_over.IsCancellationRequested)
        {
            // Over.
        }
    }
}
