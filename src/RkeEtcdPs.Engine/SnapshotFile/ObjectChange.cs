namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>What became of an object from one snapshot to another.</summary>
public enum ObjectChange
{
    /// <summary>Only the second has it.</summary>
    Added,

    /// <summary>Only the first has it.</summary>
    Removed,

    /// <summary>Both have it, written at different revisions or with different values.</summary>
    Changed,
}
