using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Readiness;

/// <summary>Whether a container holds the name under which snapshots are saved. One that is not ours is never touched, and a save fails.</summary>
internal static class SaveLockCheck
{
    public static async Task RunAsync(DockerEngine engine, NodeFindings findings, CancellationToken cancellationToken)
    {
        if (await EtcdDeployment.InspectAsync(engine, SnapshotFolder.SaveContainer, cancellationToken).ConfigureAwait(false) is not { } other)
        {
            findings.Good(NodeCheckPoint.SaveLock, "No save is under way, and no container has the name of one.");
            return;
        }

        string what = FormattableString.Invariant($"The container {SnapshotFolder.SaveContainer} is {other.State?.Status}, since {other.Created:yyyy-MM-dd HH:mm:ss}Z");
        string? client = other.Config?.Labels?.TryGetValue(HelperContainer.ClientLabel, out string? label) == true ? label : null;
        if (client is not null && other.State is { Status: "created" } && ClientProcess.IsElsewhere(client))
        {
            findings.Warn(
                NodeCheckPoint.SaveLock, $"{what}. It waits for a client of this module on another machine ({client.Split('/')[0]}). Whether that is alive cannot be told from here; until it is two hours old every save on this host fails.",
                $"When nobody saves, copies or restores from there any more: `docker rm {SnapshotFolder.SaveContainer}` on the host.");
        }
        else if (other.Config?.Labels?.ContainsKey(HelperContainer.OperationLabel) == true)
        {
            findings.Note(NodeCheckPoint.SaveLock, $"{what}. It is of this module: a save, a copy or a restore is under way, or its client was killed.", "The next save removes it when its work is over.");
        }
        else
        {
            findings.Fail(
                NodeCheckPoint.SaveLock, $"{what}, and is not of this module.", $"When `rke` saves no snapshot now, it is a leftover: `docker rm {SnapshotFolder.SaveContainer}` on the host.", "OperationInProgress");
        }
    }
}
