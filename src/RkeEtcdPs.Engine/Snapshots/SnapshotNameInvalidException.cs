using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A name that no snapshot may have.</summary>
public sealed class SnapshotNameInvalidException : EtcdSnapshotException
{
    // Enough of a long one to know it by.
    private const int ShownCharacters = 80;

    private SnapshotNameInvalidException(string message, string advice)
        : base(FailureCategory.InvalidArgument, message, advice)
    {
    }

    internal static SnapshotNameInvalidException Of(string name, string cause) => new(
        $"'{PrintableText.Line(name.Length > ShownCharacters ? $"{name[..ShownCharacters]}..." : name)}' is not a name for a snapshot: {cause}.",
        $"A name has 1 to {SnapshotName.LongestLength} letters, digits and . _ - : + = @, begins with a letter or digit, and does not end in .part, .zip, .yml or .yaml. The cluster file is -ClusterConfig, or comes second.");

    internal static SnapshotNameInvalidException Wildcard(string name) => new(
        $"Nothing was removed: '{name}' has wildcards, and names to be removed are exact.",
        "To remove what a wildcard matches, see it first and pipe it: Get-EtcdSnapshot NAME* | Remove-EtcdSnapshot.");

    internal static SnapshotNameInvalidException NoFile(string name) => new(
        $"Nothing was removed: '{name}' is not the name of a file in the snapshot folder.", "Give names as Get-EtcdSnapshot shows them, without a path.");
}
