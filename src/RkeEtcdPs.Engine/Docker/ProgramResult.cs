namespace RkeEtcdPs.Engine.Docker;

/// <summary>What a program came to.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
internal sealed record ProgramResult(long ExitCode, string Output, string Error);
