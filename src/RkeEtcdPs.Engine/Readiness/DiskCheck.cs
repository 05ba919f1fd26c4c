using System.Globalization;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Schedules;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Readiness;

/// <summary>Whether there is room for what comes next on a host.</summary>
/// <param name="store">The host.</param>
/// <param name="service">What cluster.yml says of etcd.</param>
/// <param name="schedule">The recurring service that is there; null when that is not known.</param>
/// <param name="findings">Takes what is found.</param>
internal sealed class DiskCheck(HostStore store, EtcdService service, EtcdSnapshotSchedule? schedule, NodeFindings findings)
{
    // The folder of snapshots lies in it, may be a mount of its own, and need not be there yet.
    private const string HostFolder = "/opt";
    private const string HostMount = "/host";
    private const string DataMount = "/data";

    // As the helper container sees it. Not at its own path: rke-tools images have a volume in /opt.
    private const string MountedSnapshots = HostMount + "/rke/etcd-snapshots";

    // etcd lays out its log in files of this size before it writes them, and has two at a time.
    private const long LogBytes = 2 * 64 * 1024 * 1024;

    /// <summary>Measures what is free, and compares it.</summary>
    /// <param name="databaseSize">The size of the member's database in bytes; null when it is not known.</param>
    /// <param name="snapshots">The snapshots there; null when they are not known.</param>
    /// <param name="dataFolder">The folder of etcd's data on the host; null when it is not known.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(long? databaseSize, SnapshotsOnHost? snapshots, string? dataFolder, CancellationToken cancellationToken)
    {
        Dictionary<string, long> free = await MeasureAsync(dataFolder, cancellationToken).ConfigureAwait(false);
        long? size = databaseSize ?? snapshots?.NewestSize;
        if (!free.TryGetValue(MountedSnapshots, out long forSnapshots))
        {
            throw new ImageMissingException(store.Node, "the image does not do as rke-tools: it cannot tell what is free");
        }

        CheckSnapshots(forSnapshots, size, snapshots?.Recurring ?? 0);
        if (size is { } database && free.TryGetValue(DataMount, out long forData))
        {
            CheckRestore(forData, database + (database / 10) + LogBytes, dataFolder!);
        }
    }

    private void CheckSnapshots(long free, long? size, int recurring)
    {
        if (size is not { } one)
        {
            findings.Note(NodeCheckPoint.SnapshotDisk, $"{ByteCount.Text(free)} are free. How much a snapshot needs is not known, for neither the member nor a snapshot tells.");
            return;
        }

        // As a save checks it itself.
        long next = one + (one / 10);
        if (free <= next)
        {
            findings.Fail(
                NodeCheckPoint.SnapshotDisk, $"{SnapshotFolder.Path} has {ByteCount.Text(free)} free, and the next snapshot needs {ByteCount.Text(next)}.", "Make room there: Remove-EtcdSnapshot, or a larger disk.", "NotEnoughDisk");
            return;
        }

        // One more than is kept: the next is written before the oldest goes.
        long coming = Kept() is { } kept ? Math.Max(1, kept + 1 - recurring) : 1;
        string needed = coming > 1 ? $"the {coming} snapshots until the oldest goes need {ByteCount.Text(coming * next)}" : $"the next snapshot needs {ByteCount.Text(next)}";
        string finding = $"{SnapshotFolder.Path} has {ByteCount.Text(free)} free, and {needed}.";
        if (free <= coming * next)
        {
            findings.Warn(NodeCheckPoint.SnapshotDisk, finding, "Make room there, or keep fewer: services.etcd.backup_config.retention in cluster.yml, or -Retention of Enable-EtcdSnapshotSchedule.");
        }
        else
        {
            findings.Good(NodeCheckPoint.SnapshotDisk, finding);
        }
    }

    private void CheckRestore(long free, long needed, string folder)
    {
        string finding = $"{folder} has {ByteCount.Text(free)} free, and a restore needs {ByteCount.Text(needed)} beside the old data.";
        if (free < needed)
        {
            findings.Warn(NodeCheckPoint.RestoreDisk, finding, "Make room there; Get-EtcdRestore shows what earlier restores keep.");
        }
        else
        {
            findings.Good(NodeCheckPoint.RestoreDisk, finding);
        }
    }

    // How many snapshots the recurring service keeps, or the one that cluster.yml asks for; null when there is none of either.
    private int? Kept()
    {
        if (schedule is { Enabled: true, Creation: { Ticks: > 0 } creation, Retention: { } retention })
        {
            return Count(creation, retention, schedule.KeepAtLeast ?? 1);
        }

        (TimeSpan every, TimeSpan kept, int keep) = SchedulePlan.Wanted(service, new ScheduleRequest());
        return service.WantsSchedule && every.Ticks > 0 ? Count(every, kept, keep) : null;
    }

    private static int Count(TimeSpan every, TimeSpan kept, int atLeast) => Math.Max(atLeast, (int)Math.Min(int.MaxValue - 1, Math.Ceiling(kept / every)));

    private async Task<Dictionary<string, long>> MeasureAsync(string? dataFolder, CancellationToken cancellationToken)
    {
        Dictionary<string, long> free = [];
        HelperContainerSpec spec = new()
        {
            Name = HostStore.UniqueName("disk"),
            Image = store.Image,
            Entrypoint = ["sh", "-c", EmbeddedScript.Read("look-at-disk.sh"), "look-at-disk"],
            Arguments = dataFolder is null ? [MountedSnapshots] : [MountedSnapshots, DataMount],
            Mounts = dataFolder is null
                ? [new HelperMount(HostFolder, HostMount, ReadOnly: true)]
                : [new HelperMount(HostFolder, HostMount, ReadOnly: true), new HelperMount(dataFolder, DataMount, ReadOnly: true)],
        };
        await store.RunAsync(
            spec,
            line =>
            {
                if (!line.IsError && line.Text.Split(' ') is ["free", { } kib, { } folder] && long.TryParse(kib, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
                {
                    free[folder] = number * 1024;
                }
            },
            cancellationToken).ConfigureAwait(false);
        return free;
    }
}
