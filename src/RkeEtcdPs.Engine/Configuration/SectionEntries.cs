using RkeEtcdPs.Engine.Configuration.Yaml;

namespace RkeEtcdPs.Engine.Configuration;

/// <summary>Turns a mapping as written into one value for each key: no duplicates, merge keys followed.</summary>
internal sealed class SectionEntries
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Findings _findings;

    private SectionEntries(Findings findings) => _findings = findings;

    /// <summary>Reads a mapping; the result is in the order of the file.</summary>
    public static IReadOnlyDictionary<string, Entry> Read(YamlMapping mapping, Findings findings)
    {
        SectionEntries entries = new(findings);
        entries.Add(mapping);
        return entries._entries;
    }

    private void Add(YamlMapping mapping)
    {
        Dictionary<string, YamlElement> own = new(StringComparer.Ordinal);
        foreach ((YamlElement key, YamlElement value) in mapping.Entries)
        {
            if (key is not YamlScalar scalar)
            {
                _findings.Error(key, "a key must be a single word");
            }
            else if (!own.TryAdd(scalar.Text, key))
            {
                string name = ClusterKeys.PlaceOf(scalar.Text) is null ? "this key" : $"'{scalar.Text}'";
                YamlElement first = own[scalar.Text];
                _findings.Error(key, $"{name} is given twice, first at line {first.Line}, column {first.Column}");
            }
            else if (scalar is { IsPlain: true, Text: "<<" })
            {
                Merge(value);
            }
            else
            {
                _entries[scalar.Text] = new Entry(scalar, value);
            }
        }
    }

    // RKE's YAML reader goes through the keys in their order, so a merge that comes later wins; YAML says it never does.
    private void Merge(YamlElement value)
    {
        IEnumerable<YamlElement> sources = value is YamlSequence list ? list.Items.Reverse() : [value];
        foreach (YamlElement source in sources)
        {
            if (source is not YamlMapping mapping)
            {
                _findings.Error(value, "'<<' needs a mapping, or a list of mappings");
                continue;
            }
            foreach ((string key, Entry merged) in Read(mapping, _findings))
            {
                if (value is not YamlSequence && _entries.TryGetValue(key, out Entry? before) && before.Value != merged.Value)
                {
                    _findings.Warn(before.Key, "'<<' below replaces this value, as in RKE; put '<<' above it to keep the value");
                }
                _entries[key] = merged;
            }
        }
    }

    /// <summary>A key and its value.</summary>
    internal sealed record Entry(YamlScalar Key, YamlElement Value);
}
