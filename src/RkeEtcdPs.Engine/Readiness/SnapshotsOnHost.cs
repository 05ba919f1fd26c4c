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
    // How much later than the host's clock one may be dated.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>Lists them, proves the newest, and says how old it is.</summary>
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

        int recurring = snapshots.Count(snapshot => snapshot.Kind == SnapshotKind.Recurring);
        DateTime latest = hostTime + ClockSkew;
        if (snapshots.Where(snapshot => snapshot.CreatedAt > latest).MaxBy(snapshot => snapshot.CreatedAt) is { } future)
        {
            findings.Warn(
                NodeCheckPoint.NewestSnapshot, FormattableString.Invariant($"{future.Name} is dated {future.CreatedAt:yyyy-MM-dd HH:mm:ss}Z, which is after now on this host: it does not count as the newest."),
                "See whether the clock of the host is right. If it is, the snapshot was taken while it was not.");
        }

        if (snapshots.Where(snapshot => snapshot.CreatedAt <= latest).MaxBy(snapshot => snapshot.CreatedAt) is not { } newest)
        {
            findings.Warn(NodeCheckPoint.NewestSnapshot, "There is no snapshot on this host that could be the newest.", "Save-EtcdSnapshot takes one.");
            return new SnapshotsOnHost(recurring, null);
        }

        EtcdSnapshotCheck proof = await new SnapshotProof(store, story).RunAsync(newest, cancellationToken).ConfigureAwait(false);
        TimeSpan age = hostTime - newest.CreatedAt;
        string what = FormattableString.Invariant($"{newest.Name} is {Text(age)} old");
        if (proof.Integrity != SnapshotIntegrity.Sound)
        {
            string fault = proof.Faults.Count > 0 ? proof.Faults[0].Message : "It has not the hash that etcd writes, so nothing is proved.";
            findings.Fail(NodeCheckPoint.NewestSnapshot, $"{what} and is not sound. {fault}", "Save-EtcdSnapshot takes another. Test-EtcdSnapshot shows which older ones are sound.", "SnapshotCorrupt");
        }
        else if (age > maxAge)
        {
            findings.Warn(NodeCheckPoint.NewestSnapshot, $"{what}, and nothing newer is there.", "Save-EtcdSnapshot takes one. See why the recurring service did not: `docker logs etcd-rolling-snapshots` on the host.");
        }
        else
        {
            findings.Good(NodeCheckPoint.NewestSnapshot, $"{what}, and sound.");
        }

        return new SnapshotsOnHost(recurring, newest.Size);
    }

    private static string Text(TimeSpan age) => age.TotalDays >= 2 ? FormattableString.Invariant($"{age.TotalDays:0} days")
        : age.TotalHours >= 2 ? FormattableString.Invariant($"{age.TotalHours:0} hours")
        : FormattableString.Invariant($"{Math.Max(0, age.TotalMinutes):0} minutes");
}
