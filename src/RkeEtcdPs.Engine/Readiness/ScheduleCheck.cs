using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Schedules;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Readiness;

/// <summary>Whether the recurring snapshot service is there where cluster.yml asks for it, and whether one that is there does its work.</summary>
internal static class ScheduleCheck
{
    private const string LogAdvice = "See `docker logs etcd-rolling-snapshots` on the host.";

    public static async Task RunAsync(HostStore store, EtcdService etcd, NodeFindings findings, IProgress<HostEvent> story, CancellationToken cancellationToken)
    {
        EtcdSnapshotSchedule schedule = await HostSchedule.On(store, new ScheduleRequest(), story).LookAsync(cancellationToken).ConfigureAwait(false);
        bool wanted = etcd.Backup is not { Enabled: false } && (etcd.Snapshot ?? etcd.Backup is not null);
        switch (schedule)
        {
            case { Enabled: false } when wanted:
                Warn("cluster.yml asks for a recurring snapshot service, and there is none.", "Enable-EtcdSnapshotSchedule makes it, and so does `rke up`.");
                break;
            case { Enabled: false }:
                findings.Good(NodeCheckPoint.Schedule, "There is no recurring snapshot service, and cluster.yml does not ask for one.");
                break;
            case { Running: false }:
                Warn("The recurring snapshot service is there and does not run.", "Enable-EtcdSnapshotSchedule starts it. " + LogAdvice);
                break;
            case { Failures: > 0 }:
                Warn(FormattableString.Invariant($"The recurring snapshot service failed {schedule.Failures} times since its last good save: {schedule.FailureReason}"), LogAdvice);
                break;
            case { Overdue: true }:
                Warn("The recurring snapshot service runs, and its next snapshot is overdue.", LogAdvice);
                break;
            default:
                findings.Good(NodeCheckPoint.Schedule, $"The recurring snapshot service does its work ({schedule.ManagedBy}).");
                break;
        }

        void Warn(string finding, string advice) => findings.Warn(NodeCheckPoint.Schedule, finding, advice);
    }
}
