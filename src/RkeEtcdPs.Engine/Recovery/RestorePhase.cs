namespace RkeEtcdPs.Engine.Recovery;

/// <summary>How far a restore has come on one host, as its record there says.</summary>
public enum RestorePhase
{
    /// <summary>The new data is being made beside the old; nothing has changed.</summary>
    Staging,

    /// <summary>The old cluster is being replaced, or has been, and the new one is not proved yet.</summary>
    Switching,

    /// <summary>The new cluster was proved; the old data is kept.</summary>
    Done,

    /// <summary>The old data is being put back.</summary>
    Undoing,

    /// <summary>The old data is in its place again; what had replaced it is kept.</summary>
    Undone,
}
