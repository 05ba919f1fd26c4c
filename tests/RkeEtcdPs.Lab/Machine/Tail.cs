namespace RkeEtcdPs.Lab.Machine;

/// <summary>The end of a log, for messages.</summary>
internal static class Tail
{
    private const int Lines = 15;

    /// <summary>The last lines of a text.</summary>
    internal static string Of(string text) => string.Join('\n', text.TrimEnd().Split('\n').TakeLast(Lines));

    /// <summary>The last lines of a file; a remark when there is no such file.</summary>
    internal static string OfFile(string path) => File.Exists(path) ? Of(File.ReadAllText(path)) : $"(no {path})";
}
