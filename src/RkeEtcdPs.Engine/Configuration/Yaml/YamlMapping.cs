namespace RkeEtcdPs.Engine.Configuration.Yaml;

/// <summary>Keys and values in the order of the file, with duplicates and merge keys (<c>&lt;&lt;</c>) as written.</summary>
internal sealed record YamlMapping(int Line, int Column, IReadOnlyList<KeyValuePair<YamlElement, YamlElement>> Entries)
    : YamlElement(Line, Column);
