using System.Globalization;
using System.Text;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>
/// The file names that snapshots get in a folder. What the file systems of Windows cannot hold is written as <c>%</c> and two hexadecimal digits,
/// as in URLs; so is <c>%</c> itself, and therefore every name can be had back. RKE's own names have colons.
/// </summary>
public static class FolderFileName
{
    private const string Forbidden = "%<>:\"/\\|?*";

    // With any extension, and in any case, they are devices.
    private static readonly HashSet<string> Devices = new(
        ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", .. "0123456789¹²³".SelectMany(digit => (string[])[$"COM{digit}", $"LPT{digit}"])], StringComparer.OrdinalIgnoreCase);

    /// <summary>True where this machine's file systems need it.</summary>
    public static bool IsNeeded(bool windowsNames) => windowsNames || OperatingSystem.IsWindows();

    /// <summary>A name that Windows can hold too.</summary>
    public static string Encode(string name)
    {
        StringBuilder encoded = new(name.Length);
        bool isDevice = Devices.Contains(name.Split('.', ':')[0].TrimEnd(' '));
        for (int index = 0; index < name.Length; index++)
        {
            char character = name[index];
            bool isLast = index == name.Length - 1;
            if (char.IsControl(character) || character < ' ' || Forbidden.Contains(character, StringComparison.Ordinal)
                || (isLast && character is '.' or ' ' && isLast) || (index == 0 && isDevice))
            {
                Append(encoded, character);
            }
            else
            {
                encoded.Append(character);
            }
        }

        return encoded.ToString();
    }

    /// <summary>The name that was encoded. A <c>%</c> that is no such escape stays as it is.</summary>
    public static string Decode(string file)
    {
        StringBuilder name = new(file.Length);
        for (int index = 0; index < file.Length; index++)
        {
            if (file[index] == '%' && index + 2 < file.Length
                && byte.TryParse(file.AsSpan(index + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                name.Append((char)value);
                index += 2;
            }
            else
            {
                name.Append(file[index]);
            }
        }

        return name.ToString();
    }

    // What needs an escape is below U+0100: control characters and ASCII.
    private static void Append(StringBuilder encoded, char character) => encoded.Append(CultureInfo.InvariantCulture, $"%{(int)character:X2}");
}
