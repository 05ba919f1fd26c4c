using System.Collections.Concurrent;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery;

namespace RkeEtcdPs.Engine.Components;

/// <summary>The components of one host.</summary>
internal sealed class HostComponents : IAsyncDisposable
{
    private const string Activity = "Restarting components";

    private readonly ComponentRestartRequest _request;
    private readonly IProgress<HostEvent> _story;
    private readonly DockerEngine _engine;
    private readonly string? _image;

    private HostComponents(SelectedNode selected, ComponentRestartRequest request, IProgress<HostEvent> story, DockerEngine engine, string? image)
    {
        Selected = selected;
        _request = request;
        _story = story;
        _engine = engine;
        _image = image;
    }

    public SelectedNode Selected { get; }

    private RkeNode Node => Selected.Node;

    /// <summary>Logs in and finds the image to ask health URLs with; changes nothing on the host.</summary>
    public static async Task<HostComponents> ConnectAsync(
        SelectedNode selected, ComponentRestartRequest request, HostOptions options, IProgress<HostEvent> story, CancellationToken cancellationToken)
    {
        RkeNode node = selected.Node;
        story.Report(new HostProgress(node.Name, Activity, "connecting") { Host = node });
        DockerEngine? engine = null;
        try
        {
            engine = await DockerEngine.ConnectAsync(node, options, cancellationToken).ConfigureAwait(false);
            story.Report(new HostMessage(node.Name, $"[ssh] Reached Docker {engine.EngineVersion} (API {engine.ApiVersion}) through {engine.Way}"));
            string? image = await FindImageAsync(engine, selected.Cluster, request, story, cancellationToken).ConfigureAwait(false);
            return new HostComponents(selected, request, story, engine, image);
        }
        catch
        {
            if (engine is not null)
            {
                await engine.DisposeAsync().ConfigureAwait(false);
            }

            story.Report(new HostProgress(node.Name, Activity, "failed", Completed: true) { Host = node });
            throw;
        }
    }

    /// <summary>The restore that is at work on this host or was cut off there, and forbids to start an API server; null when there is none.</summary>
    public Task<RestoreWork?> FindRestoreAsync(CancellationToken cancellationToken) => RestoreWork.FindAsync(_engine, _request.Restore, cancellationToken);

    /// <summary>Restarts what this host has of a tier, all of it at once.</summary>
    /// <param name="tier">The tier.</param>
    /// <param name="succeed">Takes the result of each container.</param>
    /// <param name="fail">Takes the failure of each container.</param>
    /// <param name="cancellationToken">Stops waiting; a container whose restart has begun is started again all the same.</param>
    /// <returns>True when nothing failed.</returns>
    /// <exception cref="Errors.EtcdSnapshotException">The host or its engine went away, or another restart is at work there.</exception>
    public async Task<bool> RestartAsync(
        ComponentTier tier, Action<ComponentRestart> succeed, Action<ComponentUnhealthyException> fail, CancellationToken cancellationToken)
    {
        List<RestartTarget> targets = tier is ComponentTier.Network or ComponentTier.Addons
            ? await FindPodsAsync(tier, cancellationToken).ConfigureAwait(false)
            : [.. _request.ComponentsOn(Node, tier).Select(component => new RestartTarget(component.Name, tier, component.Name, component, Pod: null))];
        if (targets.Count == 0)
        {
            if (tier == ComponentTier.Network)
            {
                succeed(NoNetwork());
            }

            _story.Report(new HostMessage(Node.Name, $"[components] No containers of {tier} pods on host [{Node.Address}]"));
            return true;
        }

        string names = string.Join(", ", targets.Select(target => target.Component));
        _story.Report(new HostProgress(Node.Name, Activity, names) { Host = Node });
        _story.Report(new HostMessage(Node.Name, $"[components] Restarting {names} on host [{Node.Address}]"));
        HealthProbe? probe = _image is null || targets.TrueForAll(target => target.Kube is null)
            ? null
            : await HealthProbe.StartAsync(_engine, _image, _request, _story, cancellationToken).ConfigureAwait(false);
        ConcurrentBag<ComponentUnhealthyException> failures = [];
        try
        {
            await Task.WhenAll(targets.Select(async target =>
            {
                try
                {
                    if (await new ContainerRestart(_engine, probe, _request, target).RunAsync(cancellationToken).ConfigureAwait(false) is { } restart)
                    {
                        Tell(restart);
                        succeed(restart);
                    }
                }
                catch (ComponentUnhealthyException failure)
                {
                    failures.Add(failure);
                    fail(failure);
                }
            })).ConfigureAwait(false);
        }
        finally
        {
            if (probe is not null)
            {
                await probe.DisposeAsync().ConfigureAwait(false);
            }
        }

        return failures.IsEmpty;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _story.Report(new HostProgress(Node.Name, Activity, "done", Completed: true) { Host = Node });
        await _engine.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<string?> FindImageAsync(
        DockerEngine engine, RkeCluster cluster, ComponentRestartRequest request, IProgress<HostEvent> story, CancellationToken cancellationToken)
    {
        try
        {
            return await ToolsImage.FindAsync(engine, cluster, request.ToolsImage, story, cancellationToken).ConfigureAwait(false);
        }
        catch (ImageMissingException missing) when (request.ToolsImage is null)
        {
            // Components must come back also where nobody can look how they are.
            story.Report(new HostWarning(engine.Node.Name, $"Whether components are healthy will not be known: {missing.Message}"));
            return null;
        }
    }

    // Only what runs: the others are pods' former containers and those that prepared them, which are the kubelet's business.
    private async Task<List<RestartTarget>> FindPodsAsync(ComponentTier tier, CancellationToken cancellationToken)
    {
        IList<ContainerListResponse> running = await _engine
            .AskAsync((docker, token) => docker.Containers.ListContainersAsync(new ContainersListParameters(), token), cancellationToken).ConfigureAwait(false);
        return
        [
            .. from container in running
               let pod = container.Names?.Select(name => PodContainer.Parse(name.TrimStart('/'))).FirstOrDefault(name => name is not null)
               where pod?.Tier == tier
               orderby pod.Container
               select new RestartTarget(pod.Container, tier, container.ID, Kube: null, pod),
        ];
    }

    private ComponentRestart NoNetwork() => new()
    {
        ClusterName = Node.ClusterName,
        Node = Node.Name,
        Address = Node.Address,
        Component = ComponentRestartRequest.Network,
        Tier = ComponentTier.Network,
        Before = ComponentState.Absent,
        After = ComponentState.Absent,
    };

    private void Tell(ComponentRestart restart) => _story.Report(new HostMessage(Node.Name, restart.After == ComponentState.Absent
        ? $"[components] There is no {restart.Component} on host [{Node.Address}]"
        : $"[components] {restart.Component} on host [{Node.Address}] is {restart.After} since {restart.StartedAt:HH:mm:ss}Z"));
}
