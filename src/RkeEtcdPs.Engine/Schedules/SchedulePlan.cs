using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Schedules;

/// <summary>The values of the service on one host.</summary>
/// <param name="Creation">The time between two snapshots.</param>
/// <param name="Retention">How long they are kept.</param>
/// <param name="KeepAtLeast">How many verified ones stay however old they are.</param>
/// <param name="Offset">How much later than others this host begins when all begin together.</param>
/// <param name="SafeTimestamp">True for names without colons.</param>
public sealed record SchedulePlan(TimeSpan Creation, TimeSpan Retention, int KeepAtLeast, TimeSpan Offset, bool SafeTimestamp)
{
    // Those of RKE from 0.1.12.
    private static readonly TimeSpan DefaultCreation = TimeSpan.FromHours(12);
    private static readonly TimeSpan DefaultRetention = TimeSpan.FromHours(72);

    private static readonly TimeSpan Longest = TimeSpan.FromDays(3660);

    // Enough for a save of a big database, and little enough for an overdue one to wait.
    private static readonly TimeSpan Stagger = TimeSpan.FromMinutes(1);

    /// <summary>What is wanted on a host: by the request, else by <c>backup_config</c>, else by <c>creation</c> and <c>retention</c>, else what RKE would do.</summary>
    /// <exception cref="ScheduleInvalidException">No service can be like that.</exception>
    public static SchedulePlan Make(SelectedNode selected, ScheduleRequest request)
    {
        (TimeSpan creation, TimeSpan retention, int keep) = Wanted(selected.Cluster.Etcd, request);
        Validate(creation, retention, keep, request.JitterSeconds);
        return new SchedulePlan(creation, retention, keep, OffsetOf(selected, creation, request.JitterSeconds), selected.Cluster.Etcd.Backup?.SafeTimestamp ?? false);
    }

    /// <summary>The same, but that what was not asked for is as a service has it, where that is this module's.</summary>
    /// <exception cref="ScheduleInvalidException">No service can be like that.</exception>
    public SchedulePlan Keep(EtcdSnapshotSchedule before, ScheduleRequest request)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(request);
        if (before is not { ManagedBy: ScheduleOwner.EtcdSnapshot, Creation: { } creation, Retention: { } retention, KeepAtLeast: { } keep })
        {
            return this;
        }

        SchedulePlan kept = this with
        {
            Creation = request.Creation ?? creation,
            Retention = request.Retention ?? retention,
            KeepAtLeast = request.KeepAtLeast ?? keep,
            Offset = request.JitterSeconds is null && request.Creation is null ? before.Offset ?? Offset : Offset,
        };
        Validate(kept.Creation, kept.Retention, kept.KeepAtLeast, jitter: null);
        return kept;
    }

    /// <summary>What is wanted on every host of a cluster; not yet whether a service can be like that.</summary>
    internal static (TimeSpan Creation, TimeSpan Retention, int KeepAtLeast) Wanted(EtcdService etcd, ScheduleRequest request)
    {
        BackupConfig? backup = etcd.Backup;
        TimeSpan creation = request.Creation ?? backup?.Interval ?? etcd.Creation ?? DefaultCreation;
        // There the retention is a count.
        TimeSpan retention = request.Retention ?? (backup is null ? etcd.Retention ?? DefaultRetention : Times(backup.Interval, backup.Retention));
        int keep = request.KeepAtLeast ?? Math.Max(1, backup?.Retention ?? 1);
        return (creation, retention, keep);
    }

    /// <summary>In words.</summary>
    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"a snapshot every {GoDuration.Format(Creation)}, kept for {GoDuration.Format(Retention)}, at least {KeepAtLeast}");

    private static TimeSpan Times(TimeSpan interval, int count) => interval.Ticks <= Longest.Ticks / Math.Max(1, count) ? interval * Math.Max(1, count) : Longest;

    private static void Validate(TimeSpan creation, TimeSpan retention, int keep, int? jitter)
    {
        string? wrong = (creation, retention) switch
        {
            _ when creation < TimeSpan.FromSeconds(1) || creation > Longest => $"Snapshots cannot be taken every {GoDuration.Format(creation)}: creation is from one second to ten years.",
            _ when retention > Longest => $"A retention of {GoDuration.Format(retention)} is longer than ten years.",
            _ when creation.Ticks % TimeSpan.TicksPerSecond != 0 || retention.Ticks % TimeSpan.TicksPerSecond != 0 => "Creation and retention are whole seconds, also those of cluster.yml.",
            _ when retention < creation => $"A retention of {GoDuration.Format(retention)} is shorter than the creation of {GoDuration.Format(creation)}: each snapshot would expire before the next one.",
            _ when keep is < 1 or > 10_000 => $"At least {keep} cannot be kept.",
            _ when jitter is < 0 || jitter >= creation.TotalSeconds => $"Hosts cannot be spread over {jitter} seconds when a snapshot is taken every {GoDuration.Format(creation)}.",
            _ => null,
        };
        if (wrong is not null)
        {
            throw new ScheduleInvalidException(wrong);
        }
    }

    private static TimeSpan OffsetOf(SelectedNode selected, TimeSpan creation, int? jitter)
    {
        if (jitter is { } seconds)
        {
            // By the name, so that it stays the same.
            byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(selected.Node.Name));
            return TimeSpan.FromSeconds(BitConverter.ToUInt32(hash) % ((uint)seconds + 1));
        }

        RkeNode[] hosts = [.. selected.Cluster.EtcdNodes];
        TimeSpan step = creation / (2 * Math.Max(1, hosts.Length));
        step = step < Stagger ? step : Stagger;
        return TimeSpan.FromSeconds(Math.Floor(step.TotalSeconds * Math.Max(0, Array.IndexOf(hosts, selected.Node))));
    }
}
