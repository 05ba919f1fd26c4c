using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>How a change of the cluster's data ends: its results first, then the restart of the components, whose failures take nothing from them.</summary>
internal sealed class RestoreEnd(RestoreSession session, HostOptions options, RestorePhase phase)
{
    /// <summary>Does the change, which gives the operation's id or null when it was not approved, and what follows it.</summary>
    public async IAsyncEnumerable<Outcome<RestoreResult>> RunAsync(Func<Task<string?>> change, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? operation = null;
        ExceptionDispatchInfo? failed = null;
        try
        {
            operation = await change().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            failed = ExceptionDispatchInfo.Capture(error);
        }

        foreach ((RkeNode node, EtcdSnapshotException failure) in session.Failures)
        {
            yield return new Outcome<RestoreResult>(node, failure);
        }

        if (failed is not null)
        {
            // There will be no results to tell them after.
            foreach ((RkeNode node, EtcdSnapshotException failure) in session.LateFailures)
            {
                yield return new Outcome<RestoreResult>(node, failure);
            }

            failed.Throw();
        }

        if (operation is null)
        {
            yield break;
        }

        foreach ((RestoreHost host, RestoreResult result) in session.Members.Zip(await Task.WhenAll(session.Members.Select(host => DescribeAsync(host, operation))).ConfigureAwait(false)))
        {
            yield return new Outcome<RestoreResult>(host.Node, result);
        }

        foreach ((RkeNode node, EtcdSnapshotException failure) in session.LateFailures)
        {
            yield return new Outcome<RestoreResult>(node, failure);
        }

        if (session.Astray.Count > 0)
        {
            session.Story.Report(new HostWarning(
                session.Cluster.Name, $"The API server of {string.Join(", ", session.Astray)} knows no member of the restored cluster, so that no component was restarted. Run Update-KubeApiServer, which does that too."));
        }

        if (RestoreComponents.IsLeft(session))
        {
            yield break;
        }

        (RestoreStep restart, RestoreStep mark) = phase == RestorePhase.Done
            ? (RestoreStep.RestartComponents, RestoreStep.MarkRestarted)
            : (RestoreStep.BackRestartComponents, RestoreStep.BackMarkRestarted);
        foreach ((RkeNode node, EtcdSnapshotException failure) in await new RestoreComponents(session, options, operation).RestartAsync(restart, mark, cancellationToken).ConfigureAwait(false))
        {
            yield return new Outcome<RestoreResult>(node, failure);
        }
    }

    private async Task<RestoreResult> DescribeAsync(RestoreHost host, string operation)
    {
        try
        {
            await host.LookAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException failure)
        {
            session.Story.Report(new HostWarning(host.Node.Name, $"The work is done, but how much data is kept there could not be seen any more. {failure.Message}"));
        }

        RestoreRecord? record = host.Look.Operations.FirstOrDefault(one => one.Operation == operation);
        long? kept = phase == RestorePhase.Done ? record?.Kept : record?.Undone;
        return new RestoreResult
        {
            ClusterName = session.Cluster.Name,
            Node = host.Node.Name,
            Operation = operation,
            Snapshot = record?.Snapshot ?? session.Request.Name,
            ContentHash = record?.Hash,
            Phase = phase,
            Revision = host.Revision,
            Outage = host.Outage.ElapsedTicks > 0 ? host.Outage.Elapsed : null,
            KeptDataPath = kept is null ? null : host.PathOf(operation, phase == RestorePhase.Done ? "kept" : "undone"),
            KeptDataSize = kept,
            Steps = [.. host.Steps],
        };
    }
}
