namespace RkeEtcdPs.Engine.Readiness;

/// <summary>How bad a finding is.</summary>
public enum NodeCheckSeverity
{
    /// <summary>As it should be.</summary>
    OK,

    /// <summary>Worth knowing.</summary>
    Information,

    /// <summary>Works tonight, and needs attention.</summary>
    Warning,

    /// <summary>A snapshot or a restore would fail.</summary>
    Error,
}
