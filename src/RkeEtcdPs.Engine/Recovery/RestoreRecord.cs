using System.Globalization;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>The record of a restore on one host: lines of <c>key=value</c>, from which another client can go on.</summary>
internal sealed record RestoreRecord
{
    public required string Operation { get; init; }

    /// <summary>Null when the record is missing or not understood: the client went away before anything was changed, or it is <see cref="Damaged"/>.</summary>
    public RestorePhase? Phase { get; init; }

    public IReadOnlyDictionary<string, string> Lines { get; init; } = new Dictionary<string, string>();

    public long? Staged { get; init; }

    public long? Kept { get; init; }

    public long? Undone { get; init; }

    public string Snapshot => Text("snapshot");

    public string Hash => Text("hash");

    public string Cluster => Text("cluster");

    /// <summary>The revision that the restored members must have.</summary>
    public long Revision => long.TryParse(Text("revision"), CultureInfo.InvariantCulture, out long revision) ? revision : 0;

    /// <summary>The names of the nodes whose members are restored together.</summary>
    public IReadOnlyList<string> Members => List("members");

    /// <summary>The names of the nodes whose API server ran before.</summary>
    public IReadOnlyList<string> ApiServers => List("apiservers");

    /// <summary>The names of the nodes whose API server, running or not, its engine starts by itself when the engine or the host starts anew.</summary>
    public IReadOnlyList<string> Revived => List("revived");

    /// <summary>Whether a node has an API server that must not run before the proof.</summary>
    public bool Halts(string node) => ApiServers.Contains(node) || Revived.Contains(node);

    /// <summary>Etcd's restart policy before, as <c>always:0</c>.</summary>
    public string RestartPolicy => Text("restart");

    /// <summary>Whether etcd ran there before.</summary>
    public bool Ran => Text("ran") == "yes";

    /// <summary>Whether its member served before.</summary>
    public bool Served => Text("served") == "yes";

    /// <summary>Whether the restore had to make the etcd container.</summary>
    public bool Created => Text("container") == "created";

    /// <summary>The files that were put among the host's certificates, each with the SHA-256 of its content: <c>name:hash,…</c>; empty when there are none.</summary>
    public string Certificates => Text("certificates");

    /// <summary>Whether the new cluster was proved, after which it may have taken writes.</summary>
    public bool Proved => Text("proved") == "yes" || Phase == RestorePhase.Done;

    /// <summary><c>member</c> or <c>none</c>: whether there was data before.</summary>
    public string Old => Text("old");

    /// <summary>The id of the cluster before; empty when it did not tell.</summary>
    public string OldClusterId => Text("oldcluster");

    /// <summary>Whether the components were restarted after it; null as long as that is not their turn.</summary>
    public ComponentsAfter? Components => Enum.TryParse(Text("components"), ignoreCase: true, out ComponentsAfter components) ? components : null;

    /// <summary>Whether its client went away before it changed anything: what it left is of no use to anybody, and the next restore removes it.</summary>
    public bool Stale => !Damaged && Phase is null or RestorePhase.Staging && Kept is null && Undone is null;

    /// <summary>Whether the file is not as it was written; its lines are not read then.</summary>
    public bool Altered { get; init; }

    /// <summary>Whether it is <see cref="Altered"/>, or lost while what it was about is there: without a record nothing is ever moved.</summary>
    public bool Damaged => Altered || (Phase is null && (Kept is not null || Undone is not null || Lines.Count > 0));

    public bool Unfinished => Phase is RestorePhase.Switching or RestorePhase.Undoing;

    public static string CertificatesLine(string list) => $"certificates={list}";

    /// <summary>Where new certificates wait for the switch, in the folder of the host's certificates.</summary>
    public static string StagedCertificates(string operation) => $"{RestoreScript.Folder}-{operation}";

    public static string ProvedLine => "proved=yes";

    public static string PhaseLine(RestorePhase phase) => $"phase={phase.ToString().ToLowerInvariant()}";

    public static string ComponentsLine(ComponentsAfter components) => $"components={components.ToString().ToLowerInvariant()}";

    private string Text(string key) => Lines.GetValueOrDefault(key, "");

    private string[] List(string key) => Text(key).Split(',', StringSplitOptions.RemoveEmptyEntries);
}
