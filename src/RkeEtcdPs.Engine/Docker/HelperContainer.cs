using System.Globalization;
using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>A short-lived container that does one piece of work on a host. It is removed when disposed, however the work ended.</summary>
/// <remarks>Its name is the lock: two pieces of work of the same kind cannot be on one host at once, RKE's own included.</remarks>
internal sealed class HelperContainer : IAsyncDisposable
{
    /// <summary>The label by which our own containers are known; its value is the operation's id.</summary>
    public const string OperationLabel = "io.etcdsnapshot.operation";

    /// <summary>The label that says which process of which machine made it.</summary>
    public const string ClientLabel = "io.etcdsnapshot.client";

    /// <summary>The label of a container that is of no use, and does no harm, without its client.</summary>
    public const string LeaseLabel = "io.etcdsnapshot.lease";

    /// <summary>The label whose value is in <see cref="LiveHelpers"/> as long as its client minds it.</summary>
    public const string MarkLabel = "io.etcdsnapshot.helper";

    private const string HostLabel = "io.etcdsnapshot.host";
    private const string StartedLabel = "io.etcdsnapshot.started";

    // Of the processor's time, where 1024 is what containers usually get.
    private const long FewShares = 128;

    // A stop lets the work clean up after itself; then it is killed.
    private const uint StopSeconds = 10;

    private readonly DockerEngine _engine;
    private readonly string _id;
    private readonly string _mark;
    private bool _started;

    private HelperContainer(DockerEngine engine, string id, string mark)
    {
        _engine = engine;
        _id = id;
        _mark = mark;
    }

    /// <summary>Its id, for programs that are run in it.</summary>
    public string Id => _id;

    /// <summary>True when it was disposed and the way to the host was lost, so that it is left there.</summary>
    public bool IsLeft { get; private set; }

    private RkeNode Node => _engine.Node;

    /// <summary>Creates it without starting it. From then on the host is locked for this kind of work.</summary>
    /// <exception cref="OperationInProgressException">Another one of that name is at work, or is not ours.</exception>
    /// <exception cref="FolderMissingException">The host lacks a folder that is to be mounted.</exception>
    /// <exception cref="EtcdSnapshotException">The engine refused.</exception>
    public static async Task<HelperContainer> CreateAsync(DockerEngine engine, HelperContainerSpec spec, string operation, CancellationToken cancellationToken)
    {
        // Before the container: between its creation and the engine's answer it must not be taken for one that nobody minds.
        string mark = LiveHelpers.Add();
        try
        {
            string id = await CreateAsync(engine, spec, Parameters(engine, spec, operation, mark), new StaleHelper(engine, spec, operation), cancellationToken).ConfigureAwait(false);
            HelperContainer helper = new(engine, id, mark);
            if (cancellationToken.IsCancellationRequested)
            {
                await helper.DisposeAsync().ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }

            return helper;
        }
        catch
        {
            LiveHelpers.Remove(mark);
            throw;
        }
    }

    /// <summary>Runs a program in it while it runs: a binary with its arguments, never a shell.</summary>
    public Task<ProgramResult> ExecuteAsync(IReadOnlyList<string> environment, IReadOnlyList<string> command, CancellationToken cancellationToken)
        => ContainerProgram.RunAsync(_engine, _id, environment, command, cancellationToken);

    /// <summary>Starts the work.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the request: if its answer is lost, the container may run all the same.
        _started = true;
        await _engine.AskAsync((docker, token) => docker.Containers.StartContainerAsync(_id, new ContainerStartParameters(), token), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Runs one more program in it, while it runs, for as long as that takes.</summary>
    /// <exception cref="EtcdSnapshotException">The engine refused, or the container has ended.</exception>
    public Task<ProgramResult> ExecuteAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
        => ContainerProgram.RunLongAsync(_engine, _id, command, cancellationToken);

    /// <summary>What the work prints, line by line, until it ends.</summary>
    /// <exception cref="EtcdSnapshotException">The engine or the host went away.</exception>
    public async IAsyncEnumerable<ContainerLine> ReadLinesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ContainerLogsParameters parameters = new() { ShowStdout = true, ShowStderr = true, Follow = true };
        using MultiplexedStream log = await _engine
            .StreamAsync((docker, token) => docker.Containers.GetContainerLogsAsync(_id, parameters, token), cancellationToken)
            .ConfigureAwait(false);
        ContainerLineReader lines = new(log);
        while (await _engine.StreamAsync((_, token) => lines.ReadAsync(token), cancellationToken).ConfigureAwait(false) is { } line)
        {
            yield return line;
        }
    }

    /// <summary>Waits for the end of the work and gives its exit code.</summary>
    public async Task<long> WaitAsync(CancellationToken cancellationToken)
    {
        ContainerWaitResponse answer = await _engine
            .StreamAsync((docker, token) => docker.Containers.WaitContainerAsync(_id, token), cancellationToken)
            .ConfigureAwait(false);
        _started = false;
        return answer.StatusCode;
    }

    /// <summary>Whether a file or folder is there, as seen from inside.</summary>
    public Task<bool> ExistsAsync(string path, CancellationToken cancellationToken) => ContainerFile.ExistsAsync(_engine, _id, path, cancellationToken);

    /// <summary>Whether a folder is there, as seen from inside.</summary>
    public Task<bool> IsFolderAsync(string path, CancellationToken cancellationToken) => ContainerFile.IsFolderAsync(_engine, _id, path, cancellationToken);

    /// <summary>Opens a file inside as a tar archive of one entry. It need not run for that.</summary>
    public async Task<Stream> ReadArchiveAsync(string path, CancellationToken cancellationToken)
    {
        ContainerArchiveResponse answer = await _engine
            .StreamAsync((docker, token) => docker.Containers.GetArchiveFromContainerAsync(_id, new ContainerPathStatParameters { Path = path }, statOnly: false, token), cancellationToken)
            .ConfigureAwait(false);
        return answer.Stream ?? throw new DockerUnavailableException(Node, "it sent no archive");
    }

    /// <summary>Unpacks a tar archive into a folder inside. It need not run for that.</summary>
    public Task WriteArchiveAsync(string folder, Stream archive, CancellationToken cancellationToken) => _engine.StreamAsync(
        async (docker, token) =>
        {
            await docker.Containers.ExtractArchiveToContainerAsync(_id, new CopyToContainerParameters { Path = folder }, archive, token).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <summary>Stops the work, when it still runs, so that it cleans up after itself.</summary>
    /// <remarks>Failures are not reported: the host may be gone, and what is left is swept by the next operation there.</remarks>
    public async Task StopAsync()
    {
        if (!_started)
        {
            return;
        }

        try
        {
            await _engine.AskAsync(
                (docker, token) => docker.Containers.StopContainerAsync(_id, new ContainerStopParameters { WaitBeforeKillSeconds = StopSeconds }, token),
                CancellationToken.None).ConfigureAwait(false);
            _started = false;
        }
        catch (EtcdSnapshotException)
        {
            // See the remarks.
        }
    }

    /// <summary>Stops the work and removes the container. Failures are not reported, as in <see cref="StopAsync"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        try
        {
            await _engine.AskAsync(
                (docker, token) => docker.Containers.RemoveContainerAsync(_id, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, token),
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException failure)
        {
            // See the remarks.
            IsLeft = failure is NodeUnreachableException or TimedOutException or DockerUnavailableException { Answered: false };
        }

        LiveHelpers.Remove(_mark);
    }

    /// <summary>Gives it up without a word to the engine, when the way there is lost: whoever comes next from this process may sweep it.</summary>
    public void Abandon() => LiveHelpers.Remove(_mark);

    private static CreateContainerParameters Parameters(DockerEngine engine, HelperContainerSpec spec, string operation, string mark) => new()
    {
        Name = spec.Name,
        Image = spec.Image,
        Entrypoint = [.. spec.Entrypoint],
        Cmd = [.. spec.Arguments],
        Env = [.. spec.Environment],
        Labels = new Dictionary<string, string>
        {
            [OperationLabel] = operation,
            [ClientLabel] = ClientProcess.Current,
            [MarkLabel] = mark,
            [HostLabel] = engine.Node.Name,
            [StartedLabel] = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture),
            [LeaseLabel] = spec.Leased ? "yes" : "no",
        },
        Volumes = spec.Volumes.ToDictionary(folder => folder, _ => default(EmptyStruct)),
        HostConfig = new HostConfig
        {
            Binds = [.. spec.Binds],
            Mounts = [.. spec.Mounts.Select(mount => new Mount { Type = "bind", Source = mount.Source, Target = mount.Target, ReadOnly = mount.ReadOnly })],
            VolumesFrom = spec.VolumesFrom is { } other ? [other._id] : [],
            CPUShares = spec.GivesWay ? FewShares : 0,
            NetworkMode = spec.HostNetwork ? "host" : "none",
            // No SELinux label: the alternative is to relabel the host's folders, which are not ours.
            SecurityOpt = ["no-new-privileges", "label=disable"],
            // Whatever the engine's default log driver is: only this one's logs can be read back everywhere.
            LogConfig = new LogConfig { Type = "json-file" },
        },
    };

    private static async Task<string> CreateAsync(
        DockerEngine engine, HelperContainerSpec spec, CreateContainerParameters parameters, StaleHelper stale, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Not to be interrupted: a container whose id is never told to us would be left behind.
            if (await CreateAsync(engine, spec, parameters, stale).ConfigureAwait(false) is { } id)
            {
                return id;
            }

            await stale.MakeWayAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<string?> CreateAsync(
        DockerEngine engine, HelperContainerSpec spec, CreateContainerParameters parameters, StaleHelper stale)
    {
        try
        {
            return await engine.AskAsync((docker, token) => TryCreateAsync(docker, engine.Node, spec, parameters, token), CancellationToken.None).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException)
        {
            try
            {
                // An engine that was only slow has made it all the same, and it would hold the host for hours.
                await stale.RemoveLostAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (EtcdSnapshotException)
            {
                // The host is gone. The next operation from this machine sweeps it.
            }

            throw;
        }
    }

    private static async Task<string?> TryCreateAsync(
        DockerClient docker, RkeNode node, HelperContainerSpec spec, CreateContainerParameters parameters, CancellationToken cancellationToken)
    {
        try
        {
            return (await docker.Containers.CreateContainerAsync(parameters, cancellationToken).ConfigureAwait(false)).ID;
        }
        catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.Conflict)
        {
            return null;
        }
        catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.BadRequest && MissingMount(spec, error) is { } missing)
        {
            throw new FolderMissingException(node, missing.Source);
        }
    }

    private static HelperMount? MissingMount(HelperContainerSpec spec, DockerApiException error)
        => DockerFailure.Message(error) is var message && message.Contains("source path does not exist", StringComparison.Ordinal)
            ? spec.Mounts.FirstOrDefault(mount => message.Contains(mount.Source, StringComparison.Ordinal)) ?? (spec.Mounts.Count > 0 ? spec.Mounts[0] : null)
            : null;
}
