using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>How a change of the cluster's data ends: its results first, then the restart of the components, whose failures take nothing from them.</summary>
internal sealed class RestoreEnd(RestoreSession session, HostOptions options, RestorePhase phase)
{
    // What was begun goes on to its end also when it is stopped.
    private string State => phase == RestorePhase.Done ? "The new cluster was proved and serves." : "The undoing went on to its end: the old data is in its place again.";

    /// <summary>Does the change, which gives the restore's record or null when it was not approved, and what follows it.</summary>
    public async IAsyncEnumerable<Outcome<RestoreResult>> RunAsync(Func<Task<RestoreRecord?>> change, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RestoreRecord? record = null;
        ExceptionDispatchInfo? failed = null;
        try
        {
            record = await change().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            failed = ExceptionDispatchInfo.Capture(error);
        }

        // Results and errors do not reach somebody who has stopped it.
        string? farewell = failed?.SourceException switch
        {
            null when record is not null => State,
            Exception error and (RestoreUnfinishedException or RestoreTakenOverException or RestoreRolledBackException) => error.Message,
            _ => null,
        };
        try
        {
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

            if (record is null)
            {
                yield break;
            }

            foreach ((RestoreHost host, RestoreResult result) in session.Members.Zip(await Task.WhenAll(session.Members.Select(host => DescribeAsync(host, record))).ConfigureAwait(false)))
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

            farewell = null; // Those who restart them say it, and how far that came.
            (RestoreStep restart, RestoreStep mark) = phase == RestorePhase.Done
                ? (RestoreStep.RestartComponents, RestoreStep.MarkRestarted)
                : (RestoreStep.BackRestartComponents, RestoreStep.BackMarkRestarted);
            foreach ((RkeNode node, EtcdSnapshotException failure) in await new RestoreComponents(session, options, record.Operation, State).RestartAsync(restart, mark, cancellationToken).ConfigureAwait(false))
            {
                yield return new Outcome<RestoreResult>(node, failure);
            }
        }
        finally
        {
            if (farewell is not null && cancellationToken.IsCancellationRequested)
            {
                session.Story.Report(new HostFarewell(session.Cluster.Name, farewell));
            }
        }
    }

    private async Task<RestoreResult> DescribeAsync(RestoreHost host, RestoreRecord record)
    {
        try
        {
            await host.LookAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException failure)
        {
            session.Story.Report(new HostWarning(host.Node.Name, $"The work is done, but how much data is kept there could not be seen any more. {failure.Message}"));
        }

        // Where nothing had been moved yet, an undoing leaves nothing of the restore.
        RestoreRecord? left = host.Look.Find(record.Operation);
        long? kept = phase == RestorePhase.Done ? left?.Kept : left?.Undone;
        return new RestoreResult
        {
            ClusterName = session.Cluster.Name,
            Node = host.Node.Name,
            Operation = record.Operation,
            Snapshot = record.Snapshot,
            ContentHash = record.Hash,
            Phase = phase,
            Revision = host.Revision,
            Outage = OutageOf(host),
            KeptDataPath = kept is null ? null : host.PathOf(record.Operation, phase == RestorePhase.Done ? "kept" : "undone"),
            KeptDataSize = kept,
            Steps = [.. host.Steps],
        };
    }

    private static TimeSpan? OutageOf(RestoreHost host) => host.Outage switch
    {
        { IsRunning: true } => null,
        { ElapsedTicks: > 0 } stopped => stopped.Elapsed,
        _ => host.Etcd is { Running: true } ? TimeSpan.Zero : null,
    };
}
