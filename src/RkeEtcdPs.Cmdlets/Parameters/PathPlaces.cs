using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Cmdlets.Parameters;

/// <summary>The places that paths stand for: a folder as a whole, or files of one.</summary>
internal sealed class PathPlaces
{
    private readonly Dictionary<string, HashSet<string>?> _folders = new(StringComparer.Ordinal);

    /// <summary>Paths at which nothing is, each with what to say of it.</summary>
    public List<(string Path, EtcdSnapshotException Failure)> Missing { get; } = [];

    /// <summary>The places.</summary>
    public IEnumerable<SnapshotPlace> Places => _folders.Select(folder => SnapshotPlace.InFolder(folder.Key, folder.Value));

    /// <summary>True when there are none.</summary>
    public bool IsEmpty => _folders.Count == 0;

    /// <summary>Adds what paths stand for.</summary>
    public void Add(ICmdletHost host, IEnumerable<string>? paths, bool literal)
    {
        foreach (string path in (paths ?? []).SelectMany(path => host.ResolvePath(path, literal)))
        {
            if (Directory.Exists(path))
            {
                _folders[Path.TrimEndingDirectorySeparator(path)] = null;
            }
            else if (File.Exists(path))
            {
                AddFile(path);
            }
            else
            {
                Missing.Add((path, SnapshotFileFailure.From(path, new FileNotFoundException())!));
            }
        }
    }

    /// <summary>Adds one file, whether it is there or not.</summary>
    public void AddFile(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        if (!_folders.TryGetValue(folder, out HashSet<string>? files))
        {
            _folders[folder] = files = new HashSet<string>(StringComparer.Ordinal);
        }

        files?.Add(Path.GetFileName(path));
    }
}
