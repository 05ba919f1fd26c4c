using System.Globalization;
using RkeEtcdPs.Engine.Configuration.Yaml;

namespace RkeEtcdPs.Engine.Configuration;

/// <summary>One mapping of cluster.yml, read key by key. What is wrong goes to the findings, and the value then counts as not given.</summary>
internal sealed class Section
{
    private readonly IReadOnlyDictionary<string, SectionEntries.Entry> _entries;
    private readonly Findings _findings;

    private Section(YamlElement at, IReadOnlyDictionary<string, SectionEntries.Entry> entries, Findings findings)
    {
        At = at;
        _entries = entries;
        _findings = findings;
    }

    /// <summary>Where it stands.</summary>
    public YamlElement At { get; }

    /// <summary>The keys, in the order of the file.</summary>
    public IEnumerable<string> Keys => _entries.Keys;

    /// <summary>Opens a mapping and warns about keys that RKE does not know; null, after an error, when the element is no mapping.</summary>
    /// <param name="element">The mapping.</param>
    /// <param name="what">What it is called in an error.</param>
    /// <param name="known">The keys that RKE knows there; null where keys are of the user's choice, or are not looked at.</param>
    /// <param name="findings">Takes what is wrong.</param>
    public static Section? Open(YamlElement element, string what, IReadOnlySet<string>? known, Findings findings)
    {
        if (element is not YamlMapping mapping)
        {
            findings.Error(element, $"{what} must hold keys and values");
            return null;
        }
        IReadOnlyDictionary<string, SectionEntries.Entry> entries = SectionEntries.Read(mapping, findings);
        foreach (SectionEntries.Entry entry in known is null ? [] : entries.Values)
        {
            if (!known!.Contains(entry.Key.Text) && findings.HasRoomForWarnings)
            {
                findings.Warn(entry.Key, UnknownKey(entry.Key.Text, known));
            }
        }
        return new Section(mapping, entries, findings);
    }

    /// <summary>The value of a key; null when it is not given, a YAML null or an empty text.</summary>
    public YamlElement? Find(string key)
        => _entries.TryGetValue(key, out SectionEntries.Entry? entry) && entry.Value is not YamlScalar { IsEmpty: true } ? entry.Value : null;

    /// <summary>Where a key's value stands, or the section when it is not given.</summary>
    public YamlElement Place(string key) => Find(key) ?? At;

    /// <summary>A text of any form, such as an inline key; null when not given or empty.</summary>
    public string? Block(string key) => Find(key) is { } element ? ScalarValue.Text(element, key, _findings) : null;

    /// <summary>A text without line breaks and other control characters; null when not given or empty.</summary>
    public string? Text(string key) => Find(key) is { } element ? ScalarValue.Line(element, key, _findings) : null;

    /// <summary>A secret; null when not given or empty.</summary>
    public Secret? Secret(string key) => Block(key) is { } text ? new Secret(text) : null;

    /// <summary>A boolean; null when not given.</summary>
    public bool? Flag(string key) => Find(key) is { } element ? ScalarValue.Flag(element, key, _findings) : null;

    /// <summary>A number from 0 to <paramref name="most"/>; null when not given or 0, which RKE takes for "not given".</summary>
    public int? Count(string key, int most)
    {
        int? number = Find(key) is { } element ? ScalarValue.Number(element, key, _findings) : null;
        if (number < 0 || number > most)
        {
            _findings.Error(Place(key), string.Create(CultureInfo.InvariantCulture, $"'{key}' must be between 1 and {most}"));
            return null;
        }
        return number is 0 ? null : number;
    }

    /// <summary>The items of a list; empty when not given.</summary>
    public IReadOnlyList<YamlElement> Items(string key)
    {
        switch (Find(key))
        {
            case null:
                return [];
            case YamlSequence list:
                return list.Items;
            case { } other:
                _findings.Error(other, $"'{key}' must be a list");
                return [];
        }
    }

    /// <summary>A list of texts; empty when not given.</summary>
    public IReadOnlyList<string> Texts(string key) => [.. Items(key).Select(item => ScalarValue.Line(item, key, _findings)).OfType<string>()];

    /// <summary>A mapping with keys of the user's choice to texts; empty when not given. A null value is an empty text.</summary>
    public IReadOnlyDictionary<string, string> Map(string key)
    {
        if (Find(key) is not { } element)
        {
            return new Dictionary<string, string>();
        }
        if (element is not YamlMapping mapping)
        {
            _findings.Error(element, $"'{key}' must hold keys and values");
            return new Dictionary<string, string>();
        }
        return SectionEntries.Read(mapping, _findings)
            .ToDictionary(entry => entry.Key, entry => ScalarValue.Line(entry.Value.Value, key, _findings) ?? "", StringComparer.Ordinal);
    }

    /// <summary>A section within; null when not given. Unknown keys are warned of where the known ones are given.</summary>
    public Section? Child(string key, IReadOnlySet<string>? known = null) => Find(key) is { } element ? Open(element, $"'{key}'", known, _findings) : null;

    // An unknown word is shown only when it is nearly one of RKE's; see Findings.
    private static string UnknownKey(string key, IReadOnlySet<string> known)
    {
        if (NearestName.Find(key, known) is string near)
        {
            return $"unknown key '{key}', which RKE ignores (did you mean '{near}'?)";
        }
        return ClusterKeys.PlaceOf(key) is string place
            ? $"unknown key '{key}' here, which RKE ignores: it belongs {place}"
            : "unknown key, which RKE ignores, and no known key is near to it";
    }
}
