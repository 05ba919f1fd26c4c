using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Cmdlets.Parameters;

/// <summary>Where clusters come from: files, YAML text, or an <see cref="RkeCluster"/> that was read before.</summary>
public sealed class ClusterSource
{
    // RKE_CONFIG is that of rke itself.
    private static readonly string[] Variables = ["ETCDSNAPSHOT_CLUSTER", "RKE_CONFIG"];

    private static readonly string Deserialized = $"Deserialized.{typeof(RkeCluster).FullName}";

    private readonly string _text;
    private readonly Func<ICmdletHost, IEnumerable<ClusterDocument>> _open;

    /// <summary>What a text stands for: the path of a file, with wildcards, or YAML.</summary>
    /// <param name="text">The text; not empty.</param>
    public ClusterSource(string text)
        : this(text, (From(text) ?? throw new PSArgumentException("A path is empty."))._open)
    {
    }

    /// <summary>A file.</summary>
    /// <param name="file">The file.</param>
    public ClusterSource(FileInfo file)
        : this(file?.FullName ?? "", From(file)!._open)
    {
    }

    private ClusterSource(string text, Func<ICmdletHost, IEnumerable<ClusterDocument>> open)
    {
        _text = text;
        _open = open;
    }

    /// <summary>The file that the environment names, or else <c>cluster.yml</c> in the session's location, as RKE has it.</summary>
    internal static ClusterSource Default =>
        new("the default cluster", host =>
        {
            string? variable = Variables.FirstOrDefault(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 });
            string path = variable is null ? "cluster.yml" : Environment.GetEnvironmentVariable(variable)!;
            ClusterDocument[] documents = [.. Path(path, literal: true).Open(host)];
            if (variable is not null && !File.Exists(documents[0].Name))
            {
                host.WriteWarning($"No cluster was given, and what $env:{variable} names is not there.");
            }

            host.WriteVerbose($"No cluster was given: {documents[0].Name} is used{(variable is null ? "" : $", for $env:{variable} says so")}.");
            return documents;
        });

    /// <summary>The source an argument stands for; null when it stands for none.</summary>
    internal static ClusterSource? From(object? argument) => argument switch
    {
        ClusterSource source => source,
        RkeCluster cluster => new(cluster.Name, _ => [new ClusterDocument(cluster.Name, () => cluster, Fresh: false)]),
        FileInfo file => Path(file.FullName, literal: true),
        // What a job or a file has left of a cluster is read anew from where it came.
        PSObject { BaseObject: PSCustomObject } left when left.TypeNames.Contains(Deserialized) && left.Properties[nameof(RkeCluster.Path)]?.Value is string file => Path(file, literal: true),
        PSObject { BaseObject: not PSCustomObject } wrapped => From(wrapped.BaseObject),
        string text when text.Contains('\n') && text.Contains(':') => Yaml(text),
        string path when path.Length > 0 => Path(path, literal: false),
        _ => null,
    };

    /// <summary>A file, or the files that a path with wildcards matches.</summary>
    internal static ClusterSource Path(string path, bool literal) =>
        new(path, host => Resolve(host, path, literal).Select(file => new ClusterDocument(file, () => ClusterFile.Read(file))));

    /// <summary>The text of a cluster.yml.</summary>
    internal static ClusterSource Yaml(string text) => new("YAML text", _ => [new ClusterDocument("YAML text", () => ClusterFile.Parse(text))]);

    /// <summary>The documents, each still to be read.</summary>
    internal IEnumerable<ClusterDocument> Open(ICmdletHost host) => _open(host);

    private static IReadOnlyList<string> Resolve(ICmdletHost host, string path, bool literal)
    {
        try
        {
            return host.ResolvePath(path, literal);
        }
        catch (PSArgumentException failure)
        {
            // A line of YAML looks like a path on a drive.
            throw new PSArgumentException($"{failure.Message} To give the text of a cluster.yml, read it as a whole: Get-Content -Raw.");
        }
    }

    /// <inheritdoc />
    public override string ToString() => _text;
}
