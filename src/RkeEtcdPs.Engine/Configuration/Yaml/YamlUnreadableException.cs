namespace RkeEtcdPs.Engine.Configuration.Yaml;

/// <summary>The text cannot be read as YAML from some place on. Never leaves <see cref="ClusterFile"/>.</summary>
internal sealed class YamlUnreadableException(int line, int column, string text) : Exception(text)
{
    public ConfigurationMessage Finding { get; } = new(line, column, text);
}
