namespace RkeEtcdPs.Engine.Recovery;

/// <summary>What earlier restores have left on the hosts of a new one.</summary>
internal sealed class EarlierRestores(RestoreSession session, RestoreFindings findings)
{
    private IEnumerable<RestoreRecord> All => session.Members.SelectMany(host => host.Look.Operations);

    /// <returns>The unfinished restore of the same snapshot to go on with; null when there is none.</returns>
    public RestoreRecord? Check()
    {
        CheckComponents();
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
                    undoing || record.Snapshot.Length == 0 ? "Finish it with Undo-EtcdRestore." : $"Finish it with Restore-EtcdSnapshot {record.Snapshot}, or put the old data back with Undo-EtcdRestore.");
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
