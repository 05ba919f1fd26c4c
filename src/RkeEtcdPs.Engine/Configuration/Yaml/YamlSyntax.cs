using YamlDotNet.Core;

namespace RkeEtcdPs.Engine.Configuration.Yaml;

/// <summary>Puts the scanner's complaints into a form that says what to do.</summary>
internal static class YamlSyntax
{
    /// <summary>Describes a syntax error.</summary>
    /// <param name="error">What the scanner said. All its messages are constants, none quotes the text, which may hold secrets.</param>
    /// <param name="reached">How far the scanner got; used when the error carries no place.</param>
    public static YamlUnreadableException Describe(YamlException error, Mark reached)
    {
        Mark start = error.Start.Equals(Mark.Empty) ? reached : error.Start;
        // For a quoted value the start is its quote; what is wrong is where the scanner stopped.
        Mark at = error.End.Index > start.Index && error.End.Line == start.Line ? error.End : start;
        return new YamlUnreadableException((int)at.Line, (int)at.Column, "not valid YAML: " + Explain(error.Message));
    }

    private static string Explain(string message)
    {
        string plain = message.TrimEnd('.');
        plain = plain.Length == 0 ? "unreadable" : char.ToLowerInvariant(plain[0]) + plain[1..];
        return plain switch
        {
            _ when plain.Contains("escape", StringComparison.Ordinal) || plain.Contains("hexadecimal", StringComparison.Ordinal)
                => plain + " (in double quotes a backslash begins an escape: put a Windows path into single quotes)",
            _ when plain.Contains("tab", StringComparison.Ordinal) && plain.Contains("indentation", StringComparison.Ordinal)
                => plain + " (indent with spaces)",
            _ when plain.Contains("cannot start any token", StringComparison.Ordinal)
                => plain + " (a tab at the start of a line, or a value that begins with @ or ` and needs quotes)",
            _ when plain.Contains("end of stream", StringComparison.Ordinal) => plain + " (is the closing quote missing?)",
            _ => plain,
        };
    }
}
