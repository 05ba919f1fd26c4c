namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Whether a finding forbids a restore.</summary>
public enum RestoreFindingSeverity
{
    /// <summary>It does not; the admin should know.</summary>
    Warning,

    /// <summary>It does.</summary>
    Error,
}
