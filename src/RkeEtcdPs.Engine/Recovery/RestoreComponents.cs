using RkeEtcdPs.Engine.Components;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>What follows a change of the cluster's data: every component that watches starts anew, on every node of the cluster.</summary>
internal static class RestoreComponents
{
    /// <summary>Restarts them. What does not come back is told as failures of its nodes when all is done: the data is proved, and stays.</summary>
    public static async Task RestartAsync(RkeCluster cluster, RestoreRequest request, HostOptions options, IProgress<HostEvent> story, CancellationToken cancellationToken)
    {
        List<HostFailure> failures = [];
        ComponentRestartRequest components = new() { ToolsImage = request.ToolsImage };
        SelectedNode[] nodes = [.. cluster.Nodes.Select(node => new SelectedNode(cluster, node))];
        await foreach (Outcome<ComponentRestart> outcome in new ComponentRestarter(options, story).RunAsync(nodes, components, cancellationToken).ConfigureAwait(false))
        {
            if (outcome.Failure is { } failure)
            {
                failures.Add(new HostFailure(outcome.Node, failure));
            }
            else if (outcome.Value is { } restart)
            {
                story.Report(new HostMessage(restart.Node, $"[components] {restart.Component}: {restart.Before} before, {restart.After} now"));
            }
        }

        failures.ForEach(story.Report);
    }
}
