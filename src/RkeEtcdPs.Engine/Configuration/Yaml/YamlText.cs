using System.Text;

namespace RkeEtcdPs.Engine.Configuration.Yaml;

/// <summary>The characters of a YAML file.</summary>
internal static class YamlText
{
    /// <summary>Decodes UTF-8, or UTF-16 when a byte order mark says so.</summary>
    /// <exception cref="YamlUnreadableException">The bytes are not text in that encoding.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        (Encoding encoding, int mark) = bytes switch
        {
            [0xEF, 0xBB, 0xBF, ..] => ((Encoding)new UTF8Encoding(false, true), 3),
            [0xFF, 0xFE, ..] => (new UnicodeEncoding(false, true, true), 2),
            [0xFE, 0xFF, ..] => (new UnicodeEncoding(true, true, true), 2),
            _ => (new UTF8Encoding(false, true), 0),
        };
        try
        {
            return encoding.GetString(bytes[mark..]);
        }
        catch (DecoderFallbackException e)
        {
            ReadOnlySpan<byte> before = bytes.Slice(mark, Math.Clamp(e.Index, 0, bytes.Length - mark));
            throw new YamlUnreadableException(
                before.Count((byte)'\n') + 1,
                before.Length - before.LastIndexOf((byte)'\n'),
                $"the file is not {encoding.WebName.ToUpperInvariant()} text");
        }
    }

    /// <summary>Refuses what YAML does not allow. A NUL above all: the scanner would take it for the end of the file and lose the rest.</summary>
    /// <exception cref="YamlUnreadableException">There is such a character.</exception>
    public static void Check(string text)
    {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\n')
            {
                line++;
                lineStart = i + 1;
            }
            else if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (!IsAllowed(c))
            {
                throw new YamlUnreadableException(line, i - lineStart + 1, $"the character U+{(int)c:X4} is not allowed in YAML");
            }
        }
    }

    private static bool IsAllowed(char c)
        => c is '\t' or '\r' or '\u0085' or '\uFEFF' || (!char.IsControl(c) && !char.IsSurrogate(c) && c is not ('\uFFFE' or '\uFFFF'));
}
