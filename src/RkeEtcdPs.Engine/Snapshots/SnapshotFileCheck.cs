using System.Diagnostics;
using System.Globalization;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.SnapshotFile;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Checks local snapshot files, whatever is in them.</summary>
/// <param name="events">Is told how far it is.</param>
public sealed class SnapshotFileCheck(IProgress<HostEvent> events)
{
    /// <summary>Checks one file. Corrupt is a result here, not an error.</summary>
    /// <param name="path">The full path.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="IOException">The file is not there, or cannot be read; <see cref="SnapshotFileFailure"/> says what to make of it.</exception>
    public async Task<EtcdSnapshotCheck> RunAsync(string path, CancellationToken cancellationToken)
    {
        Stopwatch watch = Stopwatch.StartNew();
        using FileProgress progress = new(path, "Checking", events);
        SnapshotCheck check;
        try
        {
            using SnapshotReader reader = SnapshotReader.Open(path, progress.Step("unpacking"), cancellationToken);
            check = await reader.CheckAsync(progress.Step("reading", reader.Size), cancellationToken).ConfigureAwait(false);
        }
        catch (SnapshotCorruptException fault)
        {
            check = new SnapshotCheck { Integrity = SnapshotIntegrity.Corrupt, Faults = [fault], Size = new FileInfo(path).Length };
        }

        return Describe(path, check, watch.Elapsed);
    }

    /// <summary>What a check found, as users see it.</summary>
    internal static EtcdSnapshotCheck Describe(string path, SnapshotCheck check, TimeSpan duration) => new()
    {
        Path = path,
        Integrity = check.Integrity,
        Faults = [.. check.Faults.Select(fault => fault.In(path))],
        Size = check.Size,
        ContentHash = check.ContentHash,
        ComputedHash = check.ComputedHash,
        Revision = check.Status?.Revision,
        LiveKeyCount = check.Status?.LiveKeyCount,
        EntryCount = check.Status?.EntryCount,
        StatusHash = check.Status?.Hash.ToString("x", CultureInfo.InvariantCulture),
        TotalSize = check.Status?.TotalSize,
        SizeInUse = check.PagesInUse * check.PageSize,
        Term = check.Cluster?.Term,
        ConsistentIndex = check.Cluster?.ConsistentIndex,
        ClusterVersion = check.Cluster?.ClusterVersion,
        StorageVersion = check.Cluster?.StorageVersion,
        Members = check.Cluster?.Members ?? [],
        Learners = [.. check.Cluster?.Members.Where(member => member.IsLearner) ?? []],
        AuthEnabled = check.Cluster?.AuthEnabled,
        UserCount = check.Cluster?.UserCount,
        LeaseCount = check.Cluster?.LeaseCount,
        AlarmCount = check.Cluster?.AlarmCount,
        CompactedRevision = check.Cluster?.CompactedRevision,
        OldestRevision = check.OldestRevision,
        NewestRevision = check.NewestRevision,
        Duration = duration,
    };
}
