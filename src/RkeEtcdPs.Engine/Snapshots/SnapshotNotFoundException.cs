using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>There is no snapshot where one was expected.</summary>
public sealed class SnapshotNotFoundException : EtcdSnapshotException
{
    internal SnapshotNotFoundException(string path, string cause, Exception? inner = null)
        : base(FailureCategory.ObjectNotFound, $"There is no snapshot file at {path}: {cause}.", "Check the path; Get-ChildItem shows what is in a folder.", inner)
    {
        Path = path;
    }

    private SnapshotNotFoundException(string name, string message)
        : base(FailureCategory.ObjectNotFound, message, "Get-EtcdSnapshot without a name shows what is there.") => Path = name;

    /// <summary>No place has a snapshot of a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="places">The places that were looked at.</param>
    public static SnapshotNotFoundException Named(string name, IEnumerable<string> places)
        => new(name, $"There is no snapshot '{name}' in {string.Join(", ", places)}.");

    internal SnapshotNotFoundException(string path, string cause, string advice)
        : base(FailureCategory.ObjectNotFound, $"There is no snapshot {path}: {cause}.", advice)
    {
        Path = path;
    }

    /// <summary>The full path that was looked at.</summary>
    public string Path { get; }
}
