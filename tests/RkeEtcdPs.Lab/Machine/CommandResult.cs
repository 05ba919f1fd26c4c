namespace RkeEtcdPs.Lab.Machine;

/// <summary>What a command said when it ended.</summary>
/// <param name="CommandLine">What was run, for messages.</param>
/// <param name="ExitCode">0 is success.</param>
/// <param name="StandardOutput">All of it, as UTF-8 text.</param>
/// <param name="StandardError">All of it, as UTF-8 text.</param>
public sealed record CommandResult(string CommandLine, int ExitCode, string StandardOutput, string StandardError)
{
    /// <summary>True when the exit code is 0.</summary>
    public bool Succeeded => ExitCode == 0;

    /// <summary>Itself when it succeeded.</summary>
    /// <exception cref="LabException">It did not; the message has the command and what it said.</exception>
    public CommandResult OrThrow() =>
        Succeeded ? this : throw new LabException($"`{CommandLine}` ended with {ExitCode}: {StandardError.Trim()} {Tail.Of(StandardOutput)}".TrimEnd());
}
