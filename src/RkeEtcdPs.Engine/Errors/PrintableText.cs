using System.Globalization;
using System.Text;

namespace RkeEtcdPs.Engine.Errors;

/// <summary>Text that comes from hosts or files, made fit for a terminal: what would move the cursor, hide or turn letters is written out.</summary>
public static class PrintableText
{
    private const int LongestMessage = 4000;

    /// <summary>One line of text: control and format characters, line ends among them, as <c>\u001B</c>.</summary>
    /// <param name="text">Any text; null stays null.</param>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    public static string? Line(string? text) => Escape(text, lineEnds: false);

    /// <summary>A message, which may have several lines, cut where it is absurdly long.</summary>
    /// <param name="text">Any text.</param>
    public static string Message(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Escape(text.Length > LongestMessage ? text[..LongestMessage] + "…" : text, lineEnds: true)!;
    }

    /// <summary>Text of any length, whose lines stay lines.</summary>
    /// <param name="text">Any text.</param>
    public static string Lines(string text) => Escape(text, lineEnds: true)!;

    private static string? Escape(string? text, bool lineEnds)
    {
        int index = 0;
        while (index < text?.Length && IsPlain(text[index], lineEnds))
        {
            index++;
        }

        if (text is null || index == text.Length)
        {
            return text;
        }

        StringBuilder escaped = new(text, 0, index, text.Length + 32);
        for (; index < text.Length; index++)
        {
            bool pair = char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]);
            if (pair)
            {
                escaped.Append(text, index++, 2);
            }
            else if (IsPlain(text[index], lineEnds))
            {
                escaped.Append(text[index]);
            }
            else
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[index]:X4}");
            }
        }

        return escaped.ToString();
    }

    private static bool IsPlain(char character, bool lineEnds)
    {
        if (character is >= ' ' and <= '~' || (lineEnds && character is '\n' or '\r'))
        {
            return true;
        }

        return char.GetUnicodeCategory(character) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
    }
}
