namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>What a file in a place of snapshots is, by its name and size and, where they were read, its first and last bytes.</summary>
public enum SnapshotKind
{
    /// <summary>A snapshot that somebody asked for.</summary>
    OneTime,

    /// <summary>A snapshot of the recurring service, by its name: <c>TIME_etcd</c>.</summary>
    Recurring,

    /// <summary>What a save or a copy that did not end has left: <c>NAME.part</c>, and the hidden one of this module.</summary>
    Unfinished,

    /// <summary>A file of no bytes.</summary>
    Empty,

    /// <summary>Anything else: its size or content cannot be that of a snapshot.</summary>
    Foreign,
}
