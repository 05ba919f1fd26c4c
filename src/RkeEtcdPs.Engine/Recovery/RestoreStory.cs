namespace RkeEtcdPs.Engine.Recovery;

/// <summary>The steps of a restore in words, for whoever watches.</summary>
internal static class RestoreStory
{
    /// <summary>What is done, as in <c>stopping etcd</c>.</summary>
    public static string Doing(RestoreStep step) => Words(step).Doing;

    /// <summary>How it is then, also where nothing had to be done, as in <c>etcd is stopped</c>.</summary>
    public static string Done(RestoreStep step) => Words(step).Done;

    private static (string Doing, string Done) Words(RestoreStep step) => step switch
    {
        RestoreStep.Connect => ("connecting", "Logged in"),
        RestoreStep.Supply => ("bringing the images", "Images that could be had are there"),
        RestoreStep.Lock => ("taking the host", "Host taken: no save and no other restore runs there until the end"),
        RestoreStep.Inspect => ("looking at host, etcd and snapshot", "Looked at host, etcd and snapshot"),
        RestoreStep.Distribute => ("copying the snapshot", "Snapshot is there"),
        RestoreStep.Begin => ("noting the restore", "Noted the restore on the host"),
        RestoreStep.Certify => ("issuing certificates", "Certificates are ready"),
        RestoreStep.HoldSchedule or RestoreStep.BackHoldSchedule => ("stopping the recurring snapshots", "No recurring snapshot service runs"),
        RestoreStep.Stage => ("making the new data beside the old", "Made the new data beside the old, which still serves"),
        RestoreStep.Settle => ("proving the new data", "New data is on the disk and was read"),
        RestoreStep.MarkSwitching => ("noting that the switch begins", "Noted that the switch begins"),
        RestoreStep.CheckLock => ("asking whether the host is still taken", "Host is still taken"),
        RestoreStep.StopApiServers or RestoreStep.BackStopApiServers => ("stopping the API server", "No API server runs"),
        RestoreStep.HoldEtcd or RestoreStep.BackHoldEtcd => ("keeping etcd from starting by itself", "etcd does not start by itself now"),
        RestoreStep.StopEtcd or RestoreStep.BackStopEtcd => ("stopping etcd", "etcd is stopped"),
        RestoreStep.Switch => ("moving the data", "Old data is kept aside, the new is in its place"),
        RestoreStep.StartEtcd => ("starting etcd", "etcd runs on the new data"),
        RestoreStep.Prove => ("proving the new cluster", "New cluster is proved: quorum, members, revision, data"),
        RestoreStep.MarkProved => ("noting the proof", "Noted the proof"),
        RestoreStep.ReleaseEtcd or RestoreStep.BackReleaseEtcd => ("letting etcd start by itself", "etcd starts by itself again"),
        RestoreStep.StartApiServers or RestoreStep.BackStartApiServers => ("starting the API server", "API server runs where there is one"),
        RestoreStep.ReleaseSchedule => ("starting the recurring snapshots", "Recurring snapshot service is as it was"),
        RestoreStep.MarkDone => ("noting the end", "Noted that the restore is done"),
        RestoreStep.RestartComponents or RestoreStep.BackRestartComponents => ("restarting components", "Components that watch are restarted"),
        RestoreStep.MarkRestarted or RestoreStep.BackMarkRestarted => ("noting how that ended", "Noted how the restart of the components ended"),
        RestoreStep.BackTake => ("making sure of the host for the way back", "Host is held for the way back"),
        RestoreStep.MarkUndoing => ("noting that the old data comes back", "Way back begins: noted that the old data comes back"),
        RestoreStep.Back => ("putting the old data back", "Old data is in its place again"),
        RestoreStep.BackCertificates => ("putting the old certificates back", "Certificates are those from before"),
        RestoreStep.BackStartEtcd => ("starting etcd on the old data", "etcd runs on the old data"),
        RestoreStep.BackProve => ("proving the old cluster", "Old cluster is proved: it serves as before"),
        RestoreStep.MarkUndone => ("noting the end", "Removed what was staged, and noted that the restore is undone"),
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "no such step"),
    };
}
