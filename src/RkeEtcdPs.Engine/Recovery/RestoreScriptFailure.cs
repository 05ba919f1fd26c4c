using System.Globalization;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>What the failure of a step of <c>restore-snapshot.sh</c> is called.</summary>
internal static class RestoreScriptFailure
{
    /// <param name="node">The node on which it failed.</param>
    /// <param name="verb">The step.</param>
    /// <param name="failure">The id and the detail that it wrote; empty when it ended without a word.</param>
    /// <param name="result">How it ended.</param>
    public static EtcdSnapshotException Explain(RkeNode node, string verb, string failure, ProgramResult result)
    {
        int space = failure.IndexOf(' ', StringComparison.Ordinal);
        (string kind, string detail) = space > 0 ? (failure[..space], failure[(space + 1)..]) : (failure, "");
        string said = detail.Length > 0 ? detail : (result.Error + "\n" + result.Output).Split('\n').LastOrDefault(line => line.Trim().Length > 0) ?? $"exit code {result.ExitCode}";
        return kind switch
        {
            _ when (failure + result.Error).Contains("no space left", StringComparison.OrdinalIgnoreCase) => new NotEnoughDiskException(node, $"its etcd data folder is full ({verb})"),
            "SnapshotCorrupt" => new SnapshotFile.SnapshotCorruptException($"The copy on {node.Name}: {said}") { Node = node.Name },
            "SnapshotMismatch" => new SnapshotMismatchException($"that {node.Name} restores", said) { Node = node.Name },
            "SnapshotNotFound" => new SnapshotNotFoundException($"{node.Name}:{SnapshotFolder.Path}/{said}", "no such file", "Get-EtcdSnapshot shows what is there; -SourceNode copies it from a host that has it.") { Node = node.Name },
            "NotEnoughDisk" => new NotEnoughDiskException(node, said),
            "ToolsUnsuitable" => new ImageMissingException(node, $"the image does not do as rke-tools: {said}"),
            "RestoreNotSafe" => new RestoreNotSafeException($"{node.Name}: the restore cannot be worked on there: {said}.", "Look at the folder .etcdsnapshot in etcd's data folder on the host.") { Node = node.Name },
            _ => new RestoreStepFailedException(node, $"The step {verb}", string.Create(CultureInfo.InvariantCulture, $"{said} (exit code {result.ExitCode})")),
        };
    }
}
