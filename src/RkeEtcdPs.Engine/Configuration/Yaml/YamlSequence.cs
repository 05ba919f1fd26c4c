namespace RkeEtcdPs.Engine.Configuration.Yaml;

/// <summary>A list.</summary>
internal sealed record YamlSequence(int Line, int Column, IReadOnlyList<YamlElement> Items) : YamlElement(Line, Column);
