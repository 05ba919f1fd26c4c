using System.Diagnostics;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Components;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery;

namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>One host of an update: what its container is, what it should be, and the way from the one to the other.</summary>
internal sealed class UpdateHost : IAsyncDisposable
{
    private readonly SelectedNode _selected;
    private readonly IContainerSettings _settings;
    private readonly ApiServerUpdateRequest _request;
    private readonly IProgress<HostEvent> _story;
    private readonly HostWay _way;
    private string? _image;
    private EtcdReach? _reach;
    private bool _expectsAnswer;

    public UpdateHost(SelectedNode selected, IContainerSettings settings, ApiServerUpdateRequest request, HostOptions options, IProgress<HostEvent> story)
    {
        (_selected, _settings, _request, _story) = (selected, settings, request, story);
        _way = new HostWay(selected.Node, options, story);
    }

    public RkeNode Node => _selected.Node;

    public string Container => _settings.Container;

    /// <summary>True when its container is an API server.</summary>
    public bool IsServer => _settings is ApiServerSettings;

    /// <summary>The restore that is at work there, or was cut off; null when there is none.</summary>
    public EtcdSnapshotException? Restore { get; private set; }

    /// <summary>What is to be done; null when the container is right.</summary>
    public ApiServerChange? Change { get; private set; }

    /// <summary>What is said of a host whose container is right; null of others, and of one that has no container and needs none.</summary>
    public ApiServerUpdate? Unchanged { get; private set; }

    /// <summary>True when the container is right because this module replaced it, and what watches through it has not been started anew since.</summary>
    public bool ComponentsWait { get; private set; }

    /// <summary>What forbids a new container where an update was cut off: the old one can be put back all the same. Null when nothing does.</summary>
    public EtcdSnapshotException? Hindrance { get; private set; }

    /// <summary>Looks at everything that can be known before a change. Changes nothing.</summary>
    /// <exception cref="EtcdSnapshotException">Something forbids the change.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _story.Report(Progress("looking"));
        await _way.ConnectAsync(cancellationToken).ConfigureAwait(false);
        Restore = RefusalOf(await RestoreWork.FindAsync(_way.Engine, asking: null, cancellationToken).ConfigureAwait(false));
        if (Restore is not null)
        {
            throw Restore;
        }

        SwapContainers there = await ContainerSwap.FindAsync(_way.Engine, Container, cancellationToken).ConfigureAwait(false);
        if (there is { Old: null, Unfinished: false } && !IsServer)
        {
            string missing = $"There is no container {Container}, through which its kubelet would reach the API servers: `rke up` makes it.";
            // On a new etcd host nothing of Kubernetes runs yet.
            _story.Report(Node.Is(NodeRoles.Worker) ? new HostWarning(Node.Name, missing) : new HostMessage(Node.Name, $"[update] {missing}"));
            return;
        }

        if (there.Riddle(Container) is { } riddle)
        {
            throw new ApiServerUpdateNotSafeException(Node, riddle);
        }

        ContainerInspectResponse now = there.Main ?? there.Old!;
        IReadOnlyList<string> old = _settings.EndpointsOf(there.Old!) ?? throw new ApiServerUpdateNotSafeException(
            Node, $"it cannot be told which endpoints its {Container} has", "It is not as RKE makes it. `rke up` makes it anew.");
        IReadOnlyList<string> differences = _settings.DifferencesOf(now);
        if (differences.Count == 0 && !there.Unfinished)
        {
            Unchanged = Describe(now, now.ID, old, [], state: null, duration: null);
            ComponentsWait = IsServer && ReplacedContainer.Read(now) is not null && await WaitAsync(now, cancellationToken).ConfigureAwait(false);
            _story.Report(new HostMessage(Node.Name, $"[update] {Container} on host [{Node.Address}] has {string.Join(", ", old)} already"));
            return;
        }

        if (IsServer && ApiServerSettings.FlagOf(now, "etcd-servers-overrides") is { } elsewhere)
        {
            _story.Report(new HostWarning(Node.Name, $"Its API server keeps some resources in an etcd of their own, and that is not changed here: --etcd-servers-overrides={elsewhere}."));
        }

        Change = new ApiServerChange
        {
            Node = Node.Name,
            Address = Node.Address,
            Component = Container,
            OldEndpoints = old,
            NewEndpoints = _settings.Endpoints,
            Settings = differences,
            Unfinished = there.Unfinished,
        };
        try
        {
            await CheckAsync(now, cancellationToken).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException failure) when (there.Unfinished && failure is ApiServerUpdateNotSafeException)
        {
            Hindrance = failure;
            Change = Change with { Settings = [] };
        }
    }

    /// <summary>The restore that is at work there, or was cut off; null when there is none, or the host could not be reached before.</summary>
    public async Task<RestoreWork?> FindRestoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _way.Connected ? await RestoreWork.FindAsync(_way.Engine, asking: null, cancellationToken).ConfigureAwait(false) : null;
        }
        catch (EtcdSnapshotException failure)
        {
            _story.Report(new HostWarning(Node.Name, $"Whether a restore is at work there is not known. {failure.Message}"));
            return null;
        }
    }

    /// <summary>What a restore on an etcd host means for an update; null without one.</summary>
    public static EtcdSnapshotException? RefusalOf(RestoreWork? restore)
        => restore is null ? null : restore.Lock ?? (EtcdSnapshotException)new ApiServerUpdateNotSafeException(restore.Node, restore.Sign, restore.Advice);

    /// <summary>Makes it so.</summary>
    /// <param name="findRestore">Looks for a restore on all etcd hosts.</param>
    /// <param name="cancellationToken">Stops it; what was begun is put back.</param>
    /// <exception cref="EtcdSnapshotException">It failed; the message says how it is now.</exception>
    public async Task<ApiServerUpdate> RunAsync(Func<CancellationToken, Task<RestoreWork?>> findRestore, CancellationToken cancellationToken)
    {
        Stopwatch clock = Stopwatch.StartNew();
        _story.Report(Progress("updating"));
        HealthProbe? probe = _image is null ? null : await StartProbeAsync(_image, cancellationToken).ConfigureAwait(false);
        try
        {
            // Somebody may have taken his time with the answer, or the API server before this one with its start.
            await RefuseDuringRestoreAsync(findRestore, cancellationToken).ConfigureAwait(false);
            ContainerSwap swap = new(_way, Container, _request.Observer is { } observer ? step => observer(step, Node.Name) : null, (id, token) => ProveAsync(probe, id, token))
            {
                Guard = token => RefuseDuringRestoreAsync(findRestore, token),
            };
            string? finished = await swap.TidyAsync(cancellationToken).ConfigureAwait(false);
            if (Change is { Unfinished: true })
            {
                _story.Report(new HostWarning(Node.Name, $"An update of {Container} was cut off here. {(finished is null ? "The old one was put back" : "It is finished")} first."));
            }

            ContainerInspectResponse old = await ContainerCalls.InspectAsync(_way.Engine, Container, cancellationToken).ConfigureAwait(false)
                ?? throw new ApiServerUpdateNotSafeException(Node, $"there is no container {Container} any more");
            IReadOnlyList<string> differences = _settings.DifferencesOf(old);
            if (differences.Count == 0)
            {
                return Describe(old, finished ?? old.ID, Change!.OldEndpoints, [], finished is null ? null : ComponentState.Healthy, finished is null ? null : clock.Elapsed);
            }

            if (Hindrance is { } hindrance)
            {
                throw hindrance;
            }

            string image = await ContainerReplica.FindImageAsync(_way.Engine, old, cancellationToken).ConfigureAwait(false) ?? throw ImageGone(old);
            IReadOnlyList<string> endpoints = _settings.EndpointsOf(old) ?? [];
            await ExpectAsync(probe, old, cancellationToken).ConfigureAwait(false);
            ReplacedContainer origin = ReplacedContainer.Of(old);
            CreateContainerParameters wanted = ContainerReplica.Describe(old, origin, image, ContainerCalls.NextOf(Container));
            _settings.Apply(wanted);
            _story.Report(new HostMessage(Node.Name, $"[update] {Container} on host [{Node.Address}] gets {string.Join(", ", _settings.Endpoints)}; it has {string.Join(", ", endpoints)}"));
            (string id, ComponentState state) = await swap.ReplaceAsync(origin, wanted, cancellationToken).ConfigureAwait(false);
            _story.Report(new HostMessage(Node.Name, $"[update] The new {Container} on host [{Node.Address}] is {state}, and the old one is gone"));
            if (_image is not null)
            {
                await LogLink.MakeAsync(_way.Engine, Container, _image, _request.Operation, _story, CancellationToken.None).ConfigureAwait(false);
            }

            return Describe(old, old.ID, endpoints, differences, state, clock.Elapsed) with { Id = id, NewEndpoints = _settings.Endpoints };
        }
        catch (OperationCanceledException)
        {
            _story.Report(new HostFarewell(Node.Name, $"Stopped: this call has replaced no {Container} here."));
            throw;
        }
        finally
        {
            if (probe is not null)
            {
                await EndAsync(probe).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _story.Report(Progress("done", completed: true));
        await _way.DisposeAsync().ConfigureAwait(false);
    }

    // After a new way was found, the old one cannot be asked any more.
    private async Task EndAsync(HealthProbe probe)
    {
        if (_way.Leads(probe.Engine))
        {
            await probe.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            probe.Abandon();
        }
    }

    private static async Task RefuseDuringRestoreAsync(Func<CancellationToken, Task<RestoreWork?>> findRestore, CancellationToken cancellationToken)
    {
        if (RefusalOf(await findRestore(cancellationToken).ConfigureAwait(false)) is { } begun)
        {
            throw begun;
        }
    }

    /// <summary>What answers, or is at work, now must answer afterwards.</summary>
    private async Task ExpectAsync(HealthProbe? probe, ContainerInspectResponse old, CancellationToken cancellationToken)
    {
        if (await ComponentContainer.FindAsync(_way.Engine, old.ID, cancellationToken).ConfigureAwait(false) is { State: ComponentState.Running } now)
        {
            ContainerArrival arrival = Arrival(probe);
            (HealthAnswer answer, _) = await arrival.AskAsync(now, cancellationToken).ConfigureAwait(false);
            _expectsAnswer = answer is HealthAnswer.Healthy or HealthAnswer.Unhealthy || await arrival.RunsItselfAsync(now, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<ComponentState> ProveAsync(HealthProbe? probe, string id, CancellationToken cancellationToken)
    {
        ContainerArrival arrival = Arrival(probe);
        arrival.ExpectsAnswer = _expectsAnswer;
        return (await arrival.WaitAsync(id, started: null, cancellationToken).ConfigureAwait(false)).Health;
    }

    private ContainerArrival Arrival(HealthProbe? probe)
        => new(_way.Engine, probe, _request.Limits(blind: probe is null && IsServer), new RestartTarget(Container, ComponentTier.ApiServer, Container, KubeComponent.All.FirstOrDefault(component => component.Name == Container), Pod: null))
        {
            Strict = probe is not null && IsServer,
        };

    /// <summary>Whether something beside it that watches through it, of whatever turn, runs since before it was made.</summary>
    private async Task<bool> WaitAsync(ContainerInspectResponse server, CancellationToken cancellationToken)
    {
        ComponentContainer?[] watchers = await Task.WhenAll(KubeComponent.All.Where(component => component.Tier is ComponentTier.ControlPlane or ComponentTier.Node)
            .Select(component => ComponentContainer.FindAsync(_way.Engine, component.Name, cancellationToken))).ConfigureAwait(false);
        return watchers.Any(watcher => watcher is { State: ComponentState.Running, StartedAt: { } started } && started < server.Created.ToUniversalTime());
    }

    private async Task CheckAsync(ContainerInspectResponse now, CancellationToken cancellationToken)
    {
        _reach = _settings is ApiServerSettings settings ? new EtcdReach(_way.Engine, settings, now) : null;
        // First: also where something forbids the new container, what was cut off is put back under the lock that the probe is.
        try
        {
            _image = await ToolsImage.FindAsync(_way.Engine, _selected.Cluster, _request.ToolsImage, _story, cancellationToken).ConfigureAwait(false);
        }
        catch (ImageMissingException missing) when (_request.ToolsImage is null)
        {
            _story.Report(new HostWarning(Node.Name, $"Whether etcd can be reached from here, and the new {Container} is healthy, will not be known: {missing.Message}"));
        }

        _ = await ContainerReplica.FindImageAsync(_way.Engine, now, cancellationToken).ConfigureAwait(false) ?? throw ImageGone(now);
        await (_reach?.CheckCertificatesAsync(cancellationToken) ?? Task.CompletedTask).ConfigureAwait(false);
        if (_image is null)
        {
            return;
        }

        // The container is the lock as well: another restart or update that is at work here is found now, and not in the middle.
        await using HealthProbe probe = await StartProbeAsync(_image, cancellationToken).ConfigureAwait(false);
        foreach (string odd in _reach?.Mounts is null ? [] : await _reach.CheckEndpointsAsync(probe, cancellationToken).ConfigureAwait(false))
        {
            _story.Report(new HostWarning(Node.Name, odd));
        }
    }

    private Task<HealthProbe> StartProbeAsync(string image, CancellationToken cancellationToken)
        => HealthProbe.StartAsync(_way.Engine, image, _request.Limits(blind: false), _story, cancellationToken, _reach?.Mounts, _reach?.Certificate);

    private ApiServerUpdateNotSafeException ImageGone(ContainerInspectResponse container)
        => new(Node, $"the image {container.Config?.Image} of its {Container} is not on the host any more", "Pull it there, then call Update-KubeApiServer again.");

    private ApiServerUpdate Describe(ContainerInspectResponse now, string oldId, IReadOnlyList<string> old, IReadOnlyList<string> settings, ComponentState? state, TimeSpan? duration) => new()
    {
        ClusterName = Node.ClusterName,
        Node = Node.Name,
        Address = Node.Address,
        Component = Container,
        Changed = duration is not null,
        OldEndpoints = old,
        NewEndpoints = _settings.EndpointsOf(now) ?? [],
        Settings = settings,
        OldId = oldId,
        Id = now.ID,
        State = state,
        Duration = duration,
    };

    private HostProgress Progress(string status, bool completed = false) => new(Node.Name, $"Updating {Container}", status, Completed: completed) { Host = Node };
}
