using Docker.DotNet.Models;

namespace RkeEtcdPs.Engine.Members;

/// <summary>The settings of an etcd container, as etcd reads them: from its flags, and what no flag says from its environment.</summary>
internal sealed class EtcdFlags
{
    private readonly string[] _words;
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);

    public EtcdFlags(ContainerInspectResponse container)
    {
        _words = [.. (container.Config?.Entrypoint ?? []).Concat(container.Config?.Cmd ?? []).Concat(container.Args ?? []).OfType<string>()];
        foreach (string assignment in (container.Config?.Env ?? []).OfType<string>())
        {
            int equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                _environment[assignment[..equals]] = assignment[(equals + 1)..];
            }
        }
    }

    /// <summary>A variable of the environment that is not empty.</summary>
    public string? Variable(string name) => _environment.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    /// <summary>A setting, by the name of its flag without dashes. The last flag counts, and etcd takes one dash or two, with an equals sign or without.</summary>
    public string? Of(string name)
    {
        string? value = null;
        for (int i = 0; i < _words.Length; i++)
        {
            string word = _words[i].StartsWith("--", StringComparison.Ordinal) ? _words[i][2..] : _words[i].StartsWith('-') ? _words[i][1..] : "";
            if (word.StartsWith(name + "=", StringComparison.Ordinal))
            {
                value = word[(name.Length + 1)..];
            }
            else if (word == name && i + 1 < _words.Length)
            {
                value = _words[i + 1];
            }
        }

        return value ?? _environment.GetValueOrDefault("ETCD_" + name.Replace('-', '_').ToUpperInvariant());
    }
}
