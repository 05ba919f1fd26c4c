namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>In which form a copy is written.</summary>
public enum SnapshotPacking
{
    /// <summary>As the source has it.</summary>
    AsIs,

    /// <summary>As the zip that later RKE versions make: <c>NAME.zip</c>.</summary>
    Zip,

    /// <summary>As etcd writes it.</summary>
    Plain,
}
