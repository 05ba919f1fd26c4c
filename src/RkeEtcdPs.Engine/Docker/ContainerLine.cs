namespace RkeEtcdPs.Engine.Docker;

/// <summary>One line that a container printed.</summary>
/// <param name="Text">The line, without its end.</param>
/// <param name="IsError">True when it came on standard error.</param>
internal sealed record ContainerLine(string Text, bool IsError);
