using System.Globalization;
using System.Text;
using RkeEtcdPs.Engine.Docker;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>What <c>list-snapshots.sh</c> has said so far, understood. Names are any bytes but a slash, and are taken as hostile.</summary>
internal sealed class HostListing
{
    private const int RegularFile = 0x8000;
    private const int TypeMask = 0xF000;

    private readonly Dictionary<string, StringBuilder> _sections = new(StringComparer.Ordinal);
    private StringBuilder? _section;

    /// <summary>True when it came to its end.</summary>
    public bool Complete { get; private set; }

    /// <summary>Why the folder could not be listed; null when it could.</summary>
    public string? Failure { get; private set; }

    public void Add(ContainerLine line)
    {
        if (line.IsError)
        {
            return;
        }

        int space = line.Text.IndexOf(' ', StringComparison.Ordinal);
        string word = space < 0 ? line.Text : line.Text[..space];
        string rest = line.Text[(space + 1)..];
        switch (word)
        {
            case "stat" or "heads" or "tails":
                _section = _sections.TryGetValue(word, out StringBuilder? known) ? known : _sections[word] = new StringBuilder();
                _section.Append(rest);
                break;
            case "again":
                _sections.Clear();
                _section = null;
                break;
            case "end":
                Complete = true;
                break;
            case "failed":
                Failure = rest;
                break;
            default:
                // A long line comes in pieces.
                _section?.Append(line.Text);
                break;
        }
    }

    /// <summary>The files, in the order of the folder.</summary>
    /// <exception cref="FormatException">It is not what the script prints.</exception>
    public IReadOnlyList<StoredFile> Files()
    {
        EndsReader heads = new(Bytes("heads"), StoredFile.HeadLength);
        EndsReader tails = new(Bytes("tails"), StoredFile.TailLength);
        List<StoredFile> files = [];
        byte[] stat = Bytes("stat");
        for (int at = 0; at < stat.Length;)
        {
            string mode = Field(stat, ref at);
            long size = long.Parse(Field(stat, ref at), NumberStyles.None, CultureInfo.InvariantCulture);
            long seconds = long.Parse(Field(stat, ref at), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            _ = Field(stat, ref at); // The dot of ./NAME.
            int start = at;
            string name = Field(stat, ref at);
            ReadOnlyMemory<byte> raw = stat.AsMemory(start, at - start - 1);
            at++; // The line's end.
            bool regular = (int.Parse(mode, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) & TypeMask) == RegularFile;
            files.Add(new StoredFile(
                name,
                size,
                DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, -62_135_596_800, 253_402_300_799)).UtcDateTime,
                regular,
                regular ? heads.Read(raw, size) : default,
                regular ? tails.Read(raw, size) : default));
        }

        return files;
    }

    private byte[] Bytes(string section) => _sections.TryGetValue(section, out StringBuilder? hexadecimal) ? Convert.FromHexString(hexadecimal.ToString()) : [];

    private static string Field(byte[] stat, ref int at)
    {
        int length = stat.AsSpan(at).IndexOf((byte)'/');
        string field = length < 0 ? throw new FormatException("a file's figures are cut") : Encoding.UTF8.GetString(stat, at, length);
        at += length + 1;
        return field;
    }
}
