namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>An object that two snapshots do not have alike.</summary>
/// <param name="Change">What became of it.</param>
/// <param name="Reference">The object in the first snapshot; null when it was added.</param>
/// <param name="Difference">The object in the second; null when it was removed.</param>
public sealed record SnapshotDifference(ObjectChange Change, SnapshotObject? Reference, SnapshotObject? Difference)
{
    /// <summary>The full path of the second snapshot, whichever of the two the object is in; null when it was opened from a stream.</summary>
    public string? Snapshot { get; init; }

    /// <summary>The change as PowerShell's Compare-Object shows it: <c>=&gt;</c> added, <c>&lt;=</c> removed, and <c>&lt;&gt;</c> changed.</summary>
    public string SideIndicator => Change switch
    {
        ObjectChange.Added => "=>",
        ObjectChange.Removed => "<=",
        _ => "<>",
    };

    /// <summary>The etcd key.</summary>
    public string Key => Either.Key;

    /// <summary>The kind; null when it is not known.</summary>
    public string? Kind => Either.Kind;

    /// <summary>The namespace; null when it has none.</summary>
    public string? Namespace => Either.Namespace;

    /// <summary>The name; null when the key is not of Kubernetes.</summary>
    public string? Name => Either.Name;

    /// <summary>The revision of the value in the first snapshot; null when it was added.</summary>
    public long? ReferenceRevision => Reference?.ModRevision;

    /// <summary>The revision of the value in the second; null when it was removed.</summary>
    public long? DifferenceRevision => Difference?.ModRevision;

    /// <summary>False when the values are equal and only the revisions differ: it was written again with what it had.</summary>
    public bool ValueDiffers => Reference?.ContentHash != Difference?.ContentHash || Reference?.Size != Difference?.Size;

    // One of the two is always there.
    private SnapshotObject Either => Difference ?? Reference!;
}
