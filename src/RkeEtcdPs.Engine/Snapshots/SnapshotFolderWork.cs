namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>What <c>save-snapshot.sh</c> is asked to do; its verbs are these names.</summary>
internal enum SnapshotFolderWork
{
    /// <summary>Save a snapshot of the member.</summary>
    Save,

    /// <summary>Tell the room there is, and what lies there under the name.</summary>
    Look,

    /// <summary>Verify what lies there under the name.</summary>
    Prove,

    /// <summary>Verify what was put there as an unfinished file, and give it its name.</summary>
    Receive,

    /// <summary>Remove what broken transfers and killed clients left.</summary>
    Sweep,
}
