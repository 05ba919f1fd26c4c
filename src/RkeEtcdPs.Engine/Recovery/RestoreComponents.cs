using RkeEtcdPs.Engine.Components;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>What follows a change of the cluster's data: every component that watches starts anew, on every node of the cluster.</summary>
/// <param name="session">The hosts.</param>
/// <param name="options">How hosts are reached.</param>
/// <param name="operation">The id of the restore.</param>
/// <param name="state">How etcd is, as a sentence for somebody who stops the restart.</param>
internal sealed class RestoreComponents(RestoreSession session, HostOptions options, string operation, string state)
{
    /// <summary>What the record says before they are restarted.</summary>
    public static string FirstLine(RestoreSession session) => RestoreRecord.ComponentsLine(IsLeft(session) ? ComponentsAfter.Left : ComponentsAfter.Pending);

    /// <summary>Whether they are left alone: when that is asked for, and when they would watch through an API server that has no etcd.</summary>
    public static bool IsLeft(RestoreSession session) => session.Request.NoComponentRestart || session.Astray.Count > 0;

    /// <summary>Restarts them, and has the hosts remember how that ended. The data is proved, and stays, whatever comes of this.</summary>
    /// <returns>What did not come back.</returns>
    public async Task<IReadOnlyList<(RkeNode Node, EtcdSnapshotException Failure)>> RestartAsync(RestoreStep restart, RestoreStep mark, CancellationToken cancellationToken)
    {
        session.Reach(restart);
        List<(RkeNode Node, EtcdSnapshotException Failure)> failures = [];
        try
        {
            ComponentRestartRequest request = new() { ToolsImage = session.Request.ToolsImage, Restore = session.Request.Operation };
            SelectedNode[] nodes = [.. session.Cluster.Nodes.Select(node => new SelectedNode(session.Cluster, node))];
            await foreach (Outcome<ComponentRestart> outcome in new ComponentRestarter(options, session.Story).RunAsync(nodes, request, cancellationToken).ConfigureAwait(false))
            {
                if (outcome.Failure is { } failure)
                {
                    failures.Add((outcome.Node, failure));
                }
                else if (outcome.Value is { } value)
                {
                    session.Story.Report(new HostMessage(value.Node, $"[components] {value.Component}: {value.Before} before, {value.After} now"));
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            session.Story.Report(new HostFarewell(session.Cluster.Name, $"{state} The restart of the components was stopped: run Restart-KubeComponent."));
            throw;
        }
        catch (EtcdSnapshotException failure)
        {
            failures.Add((session.Members[0].Node, failure));
        }

        // A few lines, within their own limit: what was restarted must not be taken for cut off.
        await MarkAsync(mark, failures.Count == 0 ? ComponentsAfter.Restarted : ComponentsAfter.Failed, CancellationToken.None).ConfigureAwait(false);
        if (cancellationToken.IsCancellationRequested)
        {
            session.Story.Report(new HostFarewell(session.Cluster.Name, $"{state} {(failures.Count == 0 ? "All components were restarted." : "Not all components came back: run Restart-KubeComponent.")}"));
        }

        return failures;
    }

    private async Task MarkAsync(RestoreStep step, ComponentsAfter after, CancellationToken cancellationToken)
    {
        // From a host that was new the record went with all else when it was undone.
        IEnumerable<RestoreHost> marked = step == RestoreStep.BackMarkRestarted ? session.Members.Where(host => host.Look.Find(operation) is not null) : session.Members;
        var unmarked = await session.TryAsync(
            step, [.. marked], (host, token) => host.RunAsync("mark", token, operation, RestoreRecord.ComponentsLine(after)), cancellationToken).ConfigureAwait(false);
        foreach ((RestoreHost host, EtcdSnapshotException failure) in unmarked)
        {
            session.Story.Report(new HostWarning(host.Node.Name, $"How the restart of the components ended ({after}) could not be noted there. {failure.Message}"));
        }
    }
}
