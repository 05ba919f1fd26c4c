using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Schedules;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Keeps the recurring snapshot service from saving, and from removing old snapshots, during a restore.</summary>
internal static class RestoreSchedule
{
    private const string Key = "schedule";

    /// <summary>Stops the service of a host, after the record of the restore says so.</summary>
    public static async Task HoldAsync(RestoreHost host, string operation, CancellationToken cancellationToken)
    {
        if (await ScheduleHold.LookAsync(host.Engine, cancellationToken).ConfigureAwait(false) is { } policy)
        {
            // A client that went away in between may have taken its policy already, which the record has then.
            if (Held(host, operation) is null)
            {
                await host.RunAsync("mark", cancellationToken, operation, $"{Key}={policy}").ConfigureAwait(false);
            }

            await host.CheckLockAsync(cancellationToken).ConfigureAwait(false);
            await ScheduleHold.StopAsync(host.Engine, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Stops the service of hosts where a restore that has begun goes on or back. What fails is an error of its host.</summary>
    public static async Task HoldAsync(RestoreSession session, RestoreStep step, IEnumerable<RestoreHost> hosts, string operation, CancellationToken cancellationToken)
    {
        foreach ((RestoreHost host, EtcdSnapshotException failure) in await session.TryAsync(
            step, hosts, (host, token) => HoldAsync(host, operation, token), cancellationToken).ConfigureAwait(false))
        {
            failure.Add("The recurring snapshot service may run there during this.");
            session.Story.Report(new HostFailure(host.Node, failure));
        }
    }

    /// <summary>Starts the service again where the record of a restore says that it was stopped. What fails is an error of its host, and in nothing else's way.</summary>
    public static async Task ReleaseAsync(RestoreSession session, RestoreHost host, string operation, CancellationToken cancellationToken)
    {
        try
        {
            await StartAsync(session, host, operation, cancellationToken).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException failure)
        {
            Report(session, host, failure);
        }
    }

    private static async Task StartAsync(RestoreSession session, RestoreHost host, string operation, CancellationToken cancellationToken)
    {
        await host.LookAsync(cancellationToken).ConfigureAwait(false);
        if (Held(host, operation) is not { } policy)
        {
            return;
        }

        if (!await ScheduleHold.StartAsync(host.Engine, policy, cancellationToken).ConfigureAwait(false))
        {
            session.Story.Report(new HostWarning(host.Node.Name, "The recurring snapshot service that ran before the restore is not there any more. Enable-EtcdSnapshotSchedule makes a new one."));
        }

        // What was started once must not be started again by an undoing long after, when somebody has stopped it.
        await host.RunAsync("mark", cancellationToken, operation, $"{Key}=").ConfigureAwait(false);
    }

    /// <summary>The same on all hosts. What fails is an error of its host, and no reason to go back.</summary>
    public static async Task ReleaseAsync(RestoreSession session, string operation, CancellationToken cancellationToken)
    {
        foreach ((RestoreHost host, EtcdSnapshotException failure) in await session.TryAsync(
            RestoreStep.ReleaseSchedule, session.Members, (host, token) => StartAsync(session, host, operation, token), cancellationToken).ConfigureAwait(false))
        {
            Report(session, host, failure);
        }
    }

    // The restart policy that the service had; null where it was not stopped, as the host was last looked at.
    private static string? Held(RestoreHost host, string operation)
        => host.Look.Find(operation)?.Lines.GetValueOrDefault(Key) is { Length: > 0 } policy ? policy : null;

    private static void Report(RestoreSession session, RestoreHost host, EtcdSnapshotException failure)
    {
        failure.Add("The recurring snapshot service, which was stopped for a restore, may still stand still there: Enable-EtcdSnapshotSchedule starts it.");
        session.Story.Report(new HostFailure(host.Node, failure));
    }

    /// <summary>Starts it where a client went away while it made the new data, and there is nothing to be put back.</summary>
    public static async Task ReleaseStaleAsync(RestoreSession session, CancellationToken cancellationToken)
    {
        foreach (RestoreHost host in session.Members.Where(host => host.Locked))
        {
            foreach (RestoreRecord stale in host.Look.Operations.Where(record => record.Stale).ToArray())
            {
                await ReleaseAsync(session, host, stale.Operation, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
