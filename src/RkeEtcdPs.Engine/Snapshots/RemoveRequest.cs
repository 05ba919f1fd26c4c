using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>What is to be removed.</summary>
public sealed record RemoveRequest
{
    /// <summary>Exact names, of snapshots or of files, to remove from each of <see cref="Places"/>.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The places to remove <see cref="Names"/>, or what is unfinished, from; the others are only looked at.</summary>
    public IReadOnlySet<SnapshotPlace> Places { get; init; } = new HashSet<SnapshotPlace>();

    /// <summary>Full paths of files to remove.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Copies that were listed before.</summary>
    public IReadOnlyList<EtcdSnapshot> Snapshots { get; init; } = [];

    /// <summary>Remove what saves and copies that did not end have left, and empty files.</summary>
    public bool Unfinished { get; init; }

    /// <summary>Also remove the last verified copy of the newest snapshot.</summary>
    public bool Force { get; init; }

    /// <summary>Checks the names.</summary>
    /// <exception cref="SnapshotNameInvalidException">One is empty, has wildcards, or is no name of a file.</exception>
    public void Validate()
    {
        foreach (string name in Names)
        {
            if (name is "" or "." or ".." || name.Contains('/') || name.Contains('\0'))
            {
                throw SnapshotNameInvalidException.NoFile(name);
            }

            if (NamePattern.HasWildcard(name))
            {
                throw SnapshotNameInvalidException.Wildcard(name);
            }
        }
    }
}
