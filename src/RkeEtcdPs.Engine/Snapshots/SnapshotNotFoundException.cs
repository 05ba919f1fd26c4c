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

    private SnapshotNotFoundException(string name, string message, string advice)
        : base(FailureCategory.ObjectNotFound, message, advice)
    {
        Path = name;
    }

    /// <summary>No place has a snapshot of that name.</summary>
    /// <param name="name">The snapshot's name.</param>
    /// <param name="places">Where it was looked for, as a clause.</param>
    internal static SnapshotNotFoundException Named(string name, string places)
        => new(name, $"There is no whole snapshot {name} {places}.", "Get-EtcdSnapshot lists what there is. Names are exact, and case counts.");

    /// <summary>The full path that was looked at; the name where many places were.</summary>
    public string Path { get; }
}
