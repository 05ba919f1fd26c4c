using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Schedules;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Readiness;

/// <summary>Whether the recurring snapshot service is there where cluster.yml asks for it, and whether one that is there does its work.</summary>
internal static class ScheduleCheck
{
    private const string LogAdvice = "See `docker logs etcd-rolling-snapshots` on the host.";

    /// <returns>What there is.</returns>
    public static async Task<EtcdSnapshotSchedule> RunAsync(HostStore store, EtcdService etcd, NodeFindings findings, IProgress<HostEvent> story, CancellationToken cancellationToken)
    {
        EtcdSnapshotSchedule schedule = await HostSchedule.On(store, new ScheduleRequest(), story).LookAsync(cancellationToken).ConfigureAwait(false);
        switch (schedule)
        {
            case { Enabled: false } when etcd.WantsSchedule:
                Warn("cluster.yml asks for a recurring snapshot service, and there is none.", "Enable-EtcdSnapshotSchedule makes it, and so does `rke up`.");
                break;
            case { Enabled: false }:
                findings.Good(NodeCheckPoint.Schedule, "There is no recurring snapshot service, and cluster.yml does not ask for one.");
                break;
            case { Running: false }:
                Warn(
                    "The recurring snapshot service is there and does not run.",
                    (schedule.ManagedBy == ScheduleOwner.EtcdSnapshot ? "`Get-EtcdSnapshotSchedule | Enable-EtcdSnapshotSchedule` starts it, with the values that it has. " : $"`docker start {ScheduleContainer.Name}` on the host starts it. ") + LogAdvice);
                break;
            case { Weakness: { } weakness }:
                Warn(weakness, schedule.WeaknessAdvice);
                break;
            case { ManagedBy: ScheduleOwner.Unknown }:
                Warn(
                    $"{ScheduleContainer.Name}, which runs, is neither RKE's recurring snapshot service nor of this module. What it does cannot be told.",
                    $"See `docker inspect {ScheduleContainer.Name}` on the host. Enable-EtcdSnapshotSchedule -Force replaces it.");
                break;
            case { Failures: > 0 }:
                Warn(FormattableString.Invariant($"The recurring snapshot service failed {schedule.Failures} times since its last good save: {schedule.FailureReason}"), LogAdvice);
                break;
            case { Overdue: true, LastSuccess: null }:
                Warn("The recurring snapshot service runs, and has saved nothing, though it should have.", LogAdvice);
                break;
            case { Overdue: true }:
                Warn("The recurring snapshot service runs, and its next snapshot is overdue.", LogAdvice);
                break;
            default:
                findings.Good(NodeCheckPoint.Schedule, $"The recurring snapshot service does its work ({schedule.ManagedBy}).");
                break;
        }

        return schedule;

        void Warn(string finding, string advice) => findings.Warn(NodeCheckPoint.Schedule, finding, advice);
    }
}
