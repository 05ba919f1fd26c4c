using RkeEtcdPs.Engine.Configuration.Yaml;

namespace RkeEtcdPs.Engine.Configuration;

/// <summary>
/// Collects what is found in a cluster.yml, so that all of it is told at once. Texts hold only words that RKE's own keys and values
/// have, or that are nearly those: anything else in a broken file may be a secret that slipped out of its place.
/// </summary>
internal sealed class Findings
{
    private const int Most = 1000;

    private readonly HashSet<ConfigurationMessage> _errors = [];
    private readonly HashSet<ConfigurationMessage> _warnings = [];

    /// <summary>The errors, in the order of the file.</summary>
    public IReadOnlyList<ConfigurationMessage> Errors => InOrder(_errors);

    /// <summary>The warnings, in the order of the file.</summary>
    public IReadOnlyList<ConfigurationMessage> Warnings => InOrder(_warnings);

    /// <summary>False when so many warnings are there that looking for more is a waste.</summary>
    public bool HasRoomForWarnings => _warnings.Count < Most;

    public void Error(YamlElement at, string text) => Error(new ConfigurationMessage(at.Line, at.Column, text));

    public void Error(ConfigurationMessage error) => Add(_errors, error);

    public void Warn(YamlElement at, string text) => Warn(at.Line, at.Column, text);

    public void Warn(int line, int column, string text) => Add(_warnings, new ConfigurationMessage(line, column, text));

    private static void Add(HashSet<ConfigurationMessage> messages, ConfigurationMessage message)
    {
        if (messages.Count < Most)
        {
            messages.Add(message);
        }
    }

    private static ConfigurationMessage[] InOrder(HashSet<ConfigurationMessage> messages)
        => [.. messages.OrderBy(message => message.Line).ThenBy(message => message.Column)];
}
