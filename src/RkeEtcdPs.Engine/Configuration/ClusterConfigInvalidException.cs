using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Configuration;

/// <summary>A cluster.yml that cannot be used. Carries every error found, not only the first.</summary>
public sealed class ClusterConfigInvalidException : EtcdSnapshotException
{
    /// <summary>Reports the errors of one file.</summary>
    /// <param name="source">What was read: a path, or how the text came.</param>
    /// <param name="errors">At least one error.</param>
    public ClusterConfigInvalidException(string source, IReadOnlyList<ConfigurationMessage> errors)
        : base(
            FailureCategory.InvalidData,
            $"{source} is not a usable cluster.yml: " + string.Join("; ", errors),
            "Correct the file at the places named. Nothing was contacted or changed.")
    {
        Errors = errors;
    }

    /// <summary>Every error, in the order of the file; at least one.</summary>
    public IReadOnlyList<ConfigurationMessage> Errors { get; }
}
