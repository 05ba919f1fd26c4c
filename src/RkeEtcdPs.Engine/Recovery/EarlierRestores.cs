using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>What earlier restores have left on the hosts of a new one.</summary>
internal sealed class EarlierRestores(RestoreSession session, RestoreFindings findings)
{
    private IEnumerable<RestoreRecord> All => session.Members.SelectMany(host => host.Look.Operations);

    /// <returns>The unfinished restore of the same snapshot to go on with; null when there is none.</returns>
    public RestoreRecord? Check()
    {
        CheckComponents();
        CheckPolicies();
        RestoreRecord? resumed = null;
        foreach (IGrouping<string, RestoreRecord> operation in All.Where(operation => operation.Unfinished).GroupBy(record => record.Operation))
        {
            RestoreRecord record = operation.First();
            if (DamagedRecord.Find(session.Members.Where(host => host.Locked), operation.Key) is { } damaged)
            {
                findings.Add(null, damaged);
                continue;
            }

            bool undoing = All.Any(other => other.Operation == operation.Key && other.Phase is RestorePhase.Undoing or RestorePhase.Undone);
            if (undoing || !IsSame(record) || resumed is not null)
            {
                findings.Add(null, "RestoreNotSafe",
                    $"The restore {operation.Key} of {record.Snapshot} {(undoing ? "is being undone and that is" : "is")} not finished on {string.Join(", ", Holders(operation.Key))}.",
                    undoing ? "Finish it with Undo-EtcdRestore. Where that cannot be, because a host has lost what it kept: -Force restores all the same, and takes it for undone; what other hosts keep of it stays."
                        : record.Snapshot.Length == 0 ? "Finish it with Undo-EtcdRestore."
                        : $"Finish it with Restore-EtcdSnapshot {record.Snapshot}, or put the old data back with Undo-EtcdRestore.",
                    forcible: undoing);
            }
            else if (session.Members.FirstOrDefault(host => host.Locked && host.Look.Find(operation.Key) is null) is { } without)
            {
                findings.Add(without, "RestoreNotSafe",
                    $"The restore {operation.Key} of {record.Snapshot} is not finished, and there is nothing of it here, though this host had a part in it.",
                    $"Undo-EtcdRestore {operation.Key} -Force puts the old data back on the others. Then restore again.");
            }
            else
            {
                resumed = record;
            }
        }

        return resumed;
    }

    // Of the same name is not enough where it is said what must be in it.
    private bool IsSame(RestoreRecord record)
        => record.Snapshot == session.Request.Name
            && record.Members.Order().SequenceEqual(session.Members.Select(host => host.Node.Name).Order())
            && (session.Request.Source?.ContentHash ?? session.Request.ContentHash) is var expected && (expected is null || expected == record.Hash);

    /// <summary>The records of those that are not finished, of each host its own.</summary>
    public static IEnumerable<RestoreRecord> Unfinished(RestoreSession session) => session.Members.SelectMany(host => host.Look.Operations).Where(record => record.Unfinished);

    /// <summary>Notes that what is not finished will not be any more: the data it would have put back was replaced by a restore that was proved.</summary>
    public static async Task SupersedeAsync(RestoreSession session, string by)
    {
        foreach ((RestoreHost host, RestoreRecord left) in session.Members.SelectMany(host => host.Look.Operations.Where(record => record.Unfinished && record.Operation != by).Select(record => (host, record))).ToArray())
        {
            try
            {
                await host.RunAsync("mark", CancellationToken.None, left.Operation, RestoreRecord.PhaseLine(RestorePhase.Undone)).ConfigureAwait(false);
            }
            catch (EtcdSnapshotException failure)
            {
                session.Story.Report(new HostWarning(host.Node.Name, $"That the restore {left.Operation} will not be finished any more could not be noted there, so that a next one needs -Force again. {failure.Message}"));
            }
        }
    }

    /// <summary>The restart policy that etcd has on a host, or had before a restore that is not finished there took it away.</summary>
    public static string RestartPolicyOf(RestoreHost host)
        => host.Look.Operations.LastOrDefault(record => record is { Unfinished: true, RestartPolicy.Length: > 0 })?.RestartPolicy ?? (host.Etcd ?? host.Planned)!.RestartPolicy;

    // It is given back as it was found; RKE never leaves it so.
    private void CheckPolicies()
    {
        foreach (RestoreHost host in session.Members.Where(host => host is { Locked: true, Etcd: not null } && RestartPolicyOf(host).StartsWith($"{RestartPolicyKind.No}:", StringComparison.Ordinal)))
        {
            findings.Warn(
                host, "Its etcd has no restart policy, so that it does not come back after a restart of its engine; RKE gives it `always`.",
                $"On the host: docker update --restart=always {EtcdDeployment.Name}. The restore leaves it as it is.");
        }
    }

    // Of the last restore alone: what was before it has been restarted with it, or will be now.
    private void CheckComponents()
    {
        RestoreRecord? last = All.Where(operation => operation is { Phase: RestorePhase.Done or RestorePhase.Undone, Components: not null }).OrderBy(operation => operation.Operation, StringComparer.Ordinal).LastOrDefault();
        if (last is { Components: ComponentsAfter.Pending or ComponentsAfter.Failed })
        {
            string change = last.Phase == RestorePhase.Done ? $"the restore {last.Operation}" : $"the undoing of the restore {last.Operation}";
            findings.Warn(
                null,
                last.Components == ComponentsAfter.Pending ? $"After {change} its client went away before all components had been restarted." : $"After {change} not all components came back.",
                "Restart-KubeComponent restarts them; so does this restore, unless with -NoComponentRestart.");
        }
    }

    private IEnumerable<string> Holders(string operation)
        => session.Members.Where(host => host.Look.Find(operation) is { Unfinished: true }).Select(host => host.Node.Name);
}
