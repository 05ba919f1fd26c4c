namespace RkeEtcdPs.Engine.Docker;

/// <summary>What a program came to.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
internal sealed record ProgramResult(long ExitCode, string Output, string Error)
{
    // etcdctl ends with it, and says why in the line before.
    private const string Summary = "Error: unhealthy cluster";

    /// <summary>The last line that people can read, of the errors where there are any; null when there is none.</summary>
    public string? LastWords
    {
        get
        {
            string[] lines = [.. $"{Output}\n{Error}".Split('\n', StringSplitOptions.TrimEntries).Where(line => line.Length > 0 && line[0] is not ('{' or '['))];
            return lines.LastOrDefault(line => line != Summary) ?? lines.LastOrDefault();
        }
    }
}
