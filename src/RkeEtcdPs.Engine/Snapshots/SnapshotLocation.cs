namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Where a snapshot lies.</summary>
public enum SnapshotLocation
{
    /// <summary>In the snapshot folder of a host.</summary>
    Host,

    /// <summary>In a folder that this machine sees.</summary>
    File,

    /// <summary>In an S3 bucket.</summary>
    S3,
}
