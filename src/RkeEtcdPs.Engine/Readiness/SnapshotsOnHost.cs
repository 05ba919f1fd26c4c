using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Readiness;

/// <summary>The snapshots that a host has.</summary>
/// <param name="Recurring">How many are of the recurring service.</param>
/// <param name="NewestSize">The size of the newest; null when there is none.</param>
internal sealed record SnapshotsOnHost(int Recurring, long? NewestSize)
{
    // Each is read to its end.
    private const int MostRead = 4;

    // How much later than the host's clock one may be dated.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>Lists them, proves the newest, and says how old the newest good one is.</summary>
    public static async Task<SnapshotsOnHost> CheckAsync(
        HostStore store, TimeSpan maxAge, DateTime hostTime, NodeFindings findings, IProgress<HostEvent> story, CancellationToken cancellationToken)
    {
        List<EtcdSnapshot> snapshots = [];
        await foreach (EtcdSnapshot snapshot in store.ListAsync([], cancellationToken).ConfigureAwait(false))
        {
            if (snapshot.Kind is SnapshotKind.OneTime or SnapshotKind.Recurring)
            {
                snapshots.Add(snapshot);
            }
        }

        SnapshotProof proof = new(store, story);
        return await CheckAsync(snapshots, snapshot => proof.RunAsync(snapshot, cancellationToken), maxAge, hostTime, findings).ConfigureAwait(false);
    }

    /// <summary>The same of what was listed.</summary>
    internal static async Task<SnapshotsOnHost> CheckAsync(
        IReadOnlyList<EtcdSnapshot> snapshots, Func<EtcdSnapshot, Task<EtcdSnapshotCheck>> prove, TimeSpan maxAge, DateTime hostTime, NodeFindings findings)
    {
        int recurring = snapshots.Count(snapshot => snapshot.Kind == SnapshotKind.Recurring);
        DateTime latest = hostTime + ClockSkew;
        if (snapshots.Where(snapshot => snapshot.CreatedAt > latest).MaxBy(snapshot => snapshot.CreatedAt) is { } future)
        {
            findings.Warn(
                NodeCheckPoint.NewestSnapshot, FormattableString.Invariant($"{future.Name} is dated {future.CreatedAt:yyyy-MM-dd HH:mm:ss}Z, which is after now on this host: it does not count as the newest."),
                "See whether the clock of the host is right. If it is, the snapshot was taken while it was not.");
        }

        EtcdSnapshot[] dated = [.. snapshots.Where(snapshot => snapshot.CreatedAt <= latest).OrderByDescending(snapshot => snapshot.CreatedAt)];
        if (dated.Length == 0)
        {
            findings.Warn(NodeCheckPoint.NewestSnapshot, "There is no snapshot on this host that could be the newest.", "Save-EtcdSnapshot takes one.");
            return new SnapshotsOnHost(recurring, null);
        }

        List<(EtcdSnapshot Snapshot, string Fault, string Id)> bad = [];
        EtcdSnapshot? good = null;
        try
        {
            foreach (EtcdSnapshot snapshot in dated.Take(MostRead))
            {
                if (await FindFaultAsync(snapshot, prove).ConfigureAwait(false) is not var (fault, id))
                {
                    good = snapshot;
                    break;
                }

                bad.Add((snapshot, fault, id));
            }
        }
        finally
        {
            // Also where the next could not be read because the host went away.
            bool harmless = good is not null && hostTime - good.CreatedAt <= maxAge;
            foreach ((EtcdSnapshot snapshot, string fault, string id) in bad)
            {
                string finding = $"{snapshot.Name} is {Text(hostTime - snapshot.CreatedAt)} old and {fault}";
                if (harmless)
                {
                    findings.Warn(NodeCheckPoint.NewestSnapshot, finding, "An older one is sound and new enough. See where this one comes from: Test-EtcdSnapshot tells more of it.");
                }
                else
                {
                    findings.Fail(NodeCheckPoint.NewestSnapshot, finding, "Save-EtcdSnapshot takes another. Test-EtcdSnapshot shows which older ones are sound.", id);
                }
            }
        }

        Tell(good, bad.Count, dated.Length, maxAge, hostTime, findings);
        return new SnapshotsOnHost(recurring, (good ?? dated[0]).Size);
    }

    // Why one is not good, with the error that it would be; null when it is good.
    private static async Task<(string Fault, string Id)?> FindFaultAsync(EtcdSnapshot snapshot, Func<EtcdSnapshot, Task<EtcdSnapshotCheck>> prove)
    {
        try
        {
            EtcdSnapshotCheck proof = await prove(snapshot).ConfigureAwait(false);
            return proof.Integrity == SnapshotIntegrity.Sound ? null
                : ($"is not sound. {(proof.Faults.Count > 0 ? proof.Faults[0].Message : "It has not the hash that etcd writes, so nothing is proved.")}", "SnapshotCorrupt");
        }
        catch (EtcdSnapshotException failure) when (failure is SnapshotNotFoundException or SnapshotUnreadableException)
        {
            // Somebody may just have removed it.
            return ($"cannot be read. {failure.Message}", failure.Id);
        }
    }

    private static void Tell(EtcdSnapshot? good, int bad, int all, TimeSpan maxAge, DateTime hostTime, NodeFindings findings)
    {
        if (good is null)
        {
            findings.Warn(
                NodeCheckPoint.NewestSnapshot,
                bad == all ? "No snapshot on this host is sound." : FormattableString.Invariant($"None of the {bad} newest snapshots is sound. {all - bad} older ones were not read: how old the newest good one is, is not known."),
                "Save-EtcdSnapshot takes another. Test-EtcdSnapshot -Name proves those that are named, with wildcards.");
            return;
        }

        string what = $"{good.Name} is {Text(hostTime - good.CreatedAt)} old";
        if (hostTime - good.CreatedAt > maxAge)
        {
            findings.Warn(
                NodeCheckPoint.NewestSnapshot,
                bad == 0 ? $"{what}, and nothing newer is there." : $"{what}, and nothing newer that is sound is there.",
                "Save-EtcdSnapshot takes one. See why the recurring service did not: `docker logs etcd-rolling-snapshots` on the host.");
        }
        else
        {
            findings.Good(NodeCheckPoint.NewestSnapshot, $"{what}, and sound.");
        }
    }

    private static string Text(TimeSpan age) => age.TotalDays >= 2 ? FormattableString.Invariant($"{age.TotalDays:0} days")
        : age.TotalHours >= 2 ? FormattableString.Invariant($"{age.TotalHours:0} hours")
        : FormattableString.Invariant($"{Math.Max(0, age.TotalMinutes):0} minutes");
}
