namespace RkeEtcdPs.Engine.Configuration;

/// <summary>One finding in a cluster.yml.</summary>
/// <param name="Line">The line, from 1; 0 when the finding is about the whole file.</param>
/// <param name="Column">The column, from 1; 0 when the finding is about the whole file.</param>
/// <param name="Text">What is wrong, without the position and without any secret value.</param>
public sealed record ConfigurationMessage(int Line, int Column, string Text)
{
    /// <inheritdoc />
    public override string ToString() => Line == 0 ? Text : $"line {Line}, column {Column}: {Text}";
}
