namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>What the check of a snapshot file came to.</summary>
public enum SnapshotIntegrity
{
    /// <summary>The structure is right and the content is, byte for byte, what etcd hashed when it sent the snapshot.</summary>
    Sound,

    /// <summary>The structure is right, but nothing proves the content: the file has no hash, as a copied <c>member/snap/db</c> has none.</summary>
    Unknown,

    /// <summary>The content is not what etcd hashed, or the structure is broken.</summary>
    Corrupt,
}
