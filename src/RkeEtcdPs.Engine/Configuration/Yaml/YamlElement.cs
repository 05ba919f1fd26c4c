namespace RkeEtcdPs.Engine.Configuration.Yaml;

/// <summary>A value in a YAML document, and where it begins (line and column from 1).</summary>
internal abstract record YamlElement(int Line, int Column);
