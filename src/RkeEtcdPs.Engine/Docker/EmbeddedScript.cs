namespace RkeEtcdPs.Engine.Docker;

/// <summary>The shell scripts that run in helper containers. They are in this assembly, so nothing has to be put on a host.</summary>
internal static class EmbeddedScript
{
    // A comment to the shell.
    private const string Mark = "#include ";

    /// <summary>The text of one, with what it includes.</summary>
    /// <param name="name">Its file name, such as <c>save-snapshot.sh</c>.</param>
    public static string Read(string name) => Include(ReadFile(name));

    /// <summary>A script with what it includes.</summary>
    internal static string Include(string script)
        => string.Join('\n', script.Split('\n').Select(line => line.StartsWith(Mark, StringComparison.Ordinal) ? Body(ReadFile(line[Mark.Length..].Trim())) : line));

    // Without the line that names its shell.
    private static string Body(string script) => script[(script.IndexOf('\n', StringComparison.Ordinal) + 1)..];

    private static string ReadFile(string name)
    {
        using Stream stream = typeof(EmbeddedScript).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in the assembly");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
