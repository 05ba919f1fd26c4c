using System.Collections.Concurrent;
using System.Diagnostics;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>The hosts of one restore, and how its steps run on them: on all at once, each step after the one before has ended everywhere.</summary>
internal sealed class RestoreSession : IAsyncDisposable
{
    public const string Activity = "Restoring etcd";

    private readonly IProgress<HostEvent> _story;
    private readonly Action<RestoreStep, string?>? _observer;
    private IDisposable? _key;

    public RestoreSession(RkeCluster cluster, IEnumerable<RkeNode> members, RestoreRequest request, HostOptions options, IProgress<HostEvent> story, bool onlyMembers = false)
    {
        Cluster = cluster;
        Request = request;
        _story = story;
        _observer = request.Observer;
        HashSet<object> chosen = new(members, ReferenceEqualityComparer.Instance);
        Hosts = [.. cluster.Nodes.Where(node => chosen.Contains(node) || (!onlyMembers && (node.Is(NodeRoles.ControlPlane) || node.Is(NodeRoles.Etcd))))
            .Select(node => new RestoreHost(new SelectedNode(cluster, node), chosen.Contains(node), request.Operation, request.ToolsImage, options, story))];
        Members = [.. Hosts.Where(host => host.IsMember)];
    }

    public RkeCluster Cluster { get; }

    public RestoreRequest Request { get; }

    public IProgress<HostEvent> Story => _story;

    /// <summary>Everything that is looked at: the hosts with members to restore, the other etcd hosts, the control plane.</summary>
    public IReadOnlyList<RestoreHost> Hosts { get; }

    /// <summary>The hosts whose members are restored, in the order of cluster.yml.</summary>
    public IReadOnlyList<RestoreHost> Members { get; private set; }

    /// <summary>All members with their peer URLs, as etcd takes them.</summary>
    public string InitialCluster => string.Join(',', Members.SelectMany(host => host.PeerUrls.Split(',').Select(url => $"{host.MemberName}={url}")));

    /// <summary>What failed on further hosts of a step that failed, to be told when all is done.</summary>
    public ConcurrentQueue<(RkeNode Node, EtcdSnapshotException Failure)> Failures { get; } = new();

    /// <summary>What failed on hosts after the change was done, to be told after its results.</summary>
    public ConcurrentQueue<(RkeNode Node, EtcdSnapshotException Failure)> LateFailures { get; } = new();

    /// <summary>Notes that the API server of a host could not be started again, which takes nothing from the data that serves.</summary>
    public void AddLate(RestoreHost host, RestoreRecord record, EtcdSnapshotException failure)
    {
        failure.Add($"Its kube-apiserver may still be stopped. Once the restore is finished and {host.Node.Name} can be reached: Restart-KubeComponent"
            + (record.Revived.Contains(host.Node.Name) ? $", and there `docker update --restart=always {EtcdSwitch.ApiServer}`." : "."));
        LateFailures.Enqueue((host.Node, failure));
    }

    /// <summary>The hosts whose API servers know no member of the restored cluster, as far as they were looked at.</summary>
    public IReadOnlyList<string> Astray { get; set; } = [];

    /// <summary>Leaves it at members of these nodes: others had no part in the restore that is undone.</summary>
    public void KeepMembers(IReadOnlyCollection<string> nodes) => Members = [.. Members.Where(host => nodes.Contains(host.Node.Name))];

    /// <summary>Says that a step begins.</summary>
    public void Reach(RestoreStep step) => _observer?.Invoke(step, null);

    /// <summary>Runs a step on hosts, and gives what failed. It ends on all hosts before it returns.</summary>
    public async Task<IReadOnlyList<(RestoreHost Host, EtcdSnapshotException Failure)>> TryAsync(
        RestoreStep step, IEnumerable<RestoreHost> hosts, Func<RestoreHost, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        Reach(step);
        (RestoreHost, EtcdSnapshotException?)[] ended = await Task.WhenAll(hosts.Select(async host => (host, await RunAsync(step, host, work, cancellationToken).ConfigureAwait(false))))
            .ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return [.. ended.Where(one => one.Item2 is not null).Select(one => (one.Item1, one.Item2!))];
    }

    /// <summary>Runs a step on hosts.</summary>
    /// <exception cref="EtcdSnapshotException">It failed on a host; what failed on further ones is in <see cref="Failures"/>.</exception>
    public async Task StepAsync(RestoreStep step, IEnumerable<RestoreHost> hosts, Func<RestoreHost, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        ThrowFirst(await TryAsync(step, hosts, work, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Work that is done only while the host is still ours.</summary>
    public Func<RestoreHost, CancellationToken, Task> WhileLocked(Func<RestoreHost, CancellationToken, Task> work) => async (host, token) =>
    {
        await (host.IsMember ? host.CheckLockAsync(token) : CheckAnyLockAsync(token)).ConfigureAwait(false);
        await work(host, token).ConfigureAwait(false);
    };

    /// <exception cref="EtcdSnapshotException">The first of what failed; the rest is in <see cref="Failures"/>.</exception>
    public void ThrowFirst(IReadOnlyList<(RestoreHost Host, EtcdSnapshotException Failure)> failures)
    {
        foreach ((RestoreHost host, EtcdSnapshotException failure) in failures.Skip(1))
        {
            Failures.Enqueue((host.Node, failure));
        }

        if (failures.Count > 0)
        {
            throw failures[0].Failure;
        }
    }

    /// <summary>Keeps a key in memory until the end of the restore.</summary>
    public void Keep(IDisposable? key) => _key = key;

    public async ValueTask DisposeAsync()
    {
        _key?.Dispose();
        await Task.WhenAll(Hosts.Select(host => host.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    // A host without a member is not taken by itself. As long as one member is ours, nobody else can have begun: a restore takes them all, and an engine that
    // was restarted has ended the lock of its own host alone.
    private async Task CheckAnyLockAsync(CancellationToken cancellationToken)
    {
        LockLostException? lost = null;
        EtcdSnapshotException? silent = null;
        foreach (RestoreHost member in Members)
        {
            try
            {
                await member.CheckLockAsync(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (LockLostException failure)
            {
                lost ??= failure;
            }
            catch (EtcdSnapshotException failure)
            {
                silent ??= failure;
            }
        }

        // Where no member can be asked, nobody knows whose it is.
        if ((lost ?? silent) is { } failed)
        {
            throw failed;
        }
    }

    private async Task<EtcdSnapshotException?> RunAsync(
        RestoreStep step, RestoreHost host, Func<RestoreHost, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        Stopwatch watch = Stopwatch.StartNew();
        _story.Report(new HostProgress(host.Node.Name, Activity, RestoreStory.Doing(step)));
        try
        {
            await work(host, cancellationToken).ConfigureAwait(false);
            host.Steps.Enqueue(new RestoreStepDuration(step, watch.Elapsed));
            _story.Report(new HostMessage(host.Node.Name, FormattableString.Invariant($"[restore] {RestoreStory.Done(step)} ({watch.Elapsed.TotalSeconds:0.00} s)")));
            _observer?.Invoke(step, host.Node.Name);
            return null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null; // The caller sees it when all hosts have ended.
        }
        catch (Exception error)
        {
            EtcdSnapshotException failure = error as EtcdSnapshotException ?? new UnexpectedFailureException(host.Node.Name, error);
            _story.Report(new HostMessage(host.Node.Name, $"[restore] Failed while {RestoreStory.Doing(step)}: {failure.Message}"));
            return failure;
        }
    }
}
