namespace RkeEtcdPs.Engine.Recovery;

/// <summary>What became of the components that watch, after a restore or its undoing changed what they watch.</summary>
public enum ComponentsAfter
{
    /// <summary>They are being restarted, or the client went away before all of them were.</summary>
    Pending,

    /// <summary>All of them were restarted and are back.</summary>
    Restarted,

    /// <summary>Some of them did not come back, or could not be restarted.</summary>
    Failed,

    /// <summary>Their restart was left to Restart-KubeComponent, as was asked for.</summary>
    Left,
}
