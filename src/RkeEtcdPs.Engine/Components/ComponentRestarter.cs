using System.Runtime.CompilerServices;
using System.Threading.Channels;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Components;

/// <summary>Restarts Kubernetes and network components on the hosts of clusters, in the order in which they depend on each other.</summary>
/// <remarks>
/// In each cluster: kube-apiserver on all control-plane hosts; when they are up, kube-controller-manager and kube-scheduler; then kubelet and
/// kube-proxy on every node; then the network's pods; then, when asked for, the addons. A component that fails is an outcome, and the others
/// go on; when no API server at all comes back, the rest of that cluster is left as it is, which is an outcome of each host as well.
/// </remarks>
/// <param name="options">How hosts are reached.</param>
/// <param name="story">Told what is done.</param>
public sealed class ComponentRestarter(HostOptions options, IProgress<HostEvent> story)
{
    /// <summary>Restarts on the given hosts.</summary>
    /// <param name="nodes">Hosts of one or more clusters, whatever their roles.</param>
    /// <param name="request">What to restart.</param>
    /// <param name="cancellationToken">Stops the work. A container that is being restarted then is started all the same.</param>
    /// <returns>One outcome for each container, and one for each host that cannot be worked on, as they become known.</returns>
    /// <exception cref="NodeNotFoundException">None of the hosts has a role for what is to be restarted.</exception>
    public async IAsyncEnumerable<Outcome<ComponentRestart>> RunAsync(
        IReadOnlyList<SelectedNode> nodes, ComponentRestartRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IReadOnlyList<SelectedNode> chosen = request.Choose(nodes, NodeRoles.None);
        Channel<Outcome<ComponentRestart>> outcomes = Channel.CreateUnbounded<Outcome<ComponentRestart>>();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task work = WorkAsync(chosen, request, outcomes.Writer, stop.Token);
        try
        {
            await foreach (Outcome<ComponentRestart> outcome in outcomes.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return outcome;
            }
        }
        finally
        {
            // Also when the caller stops listening half way: nothing of ours is left running.
            await stop.CancelAsync().ConfigureAwait(false);
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await work.ConfigureAwait(false);
    }

    private async Task WorkAsync(
        IReadOnlyList<SelectedNode> nodes, ComponentRestartRequest request, ChannelWriter<Outcome<ComponentRestart>> outcomes, CancellationToken cancellationToken)
    {
        try
        {
            await using ComponentRestartRound round = new(options, story, request, outcomes);
            await round.RunAsync(nodes, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            outcomes.Complete();
        }
    }
}
