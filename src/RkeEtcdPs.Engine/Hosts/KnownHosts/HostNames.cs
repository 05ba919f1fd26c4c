using System.Security.Cryptography;
using System.Text;

namespace RkeEtcdPs.Engine.Hosts.KnownHosts;

/// <summary>The names at the beginning of a line of known_hosts: patterns with <c>*</c>, <c>?</c> and <c>!</c>, or a hashed name.</summary>
/// <param name="field">The names, as in the file (see sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).</param>
internal sealed class HostNames(string field)
{
    private const string HashMark = "|1|";

    private readonly string[] _patterns = field.Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A host as known_hosts names it: with its port only where that is not 22.</summary>
    public static string Name(string address, int port)
    {
        string name = address.ToLowerInvariant();
        return port == 22 ? name : $"[{name}]:{port}";
    }

    /// <summary>True when one pattern stands for the name and no negated one does.</summary>
    public bool Match(string name)
    {
        bool found = false;
        foreach (string pattern in _patterns)
        {
            bool negated = pattern.StartsWith('!');
            if (MatchOne(negated ? pattern[1..] : pattern, name))
            {
                if (negated)
                {
                    return false;
                }

                found = true;
            }
        }

        return found;
    }

    private static bool MatchOne(string pattern, string name) => pattern.StartsWith(HashMark, StringComparison.Ordinal)
        ? MatchHash(pattern[HashMark.Length..].Split('|'), name)
        : MatchPattern(pattern.ToLowerInvariant(), name);

    private static bool MatchHash(string[] parts, string name)
    {
        byte[] salt = new byte[64];
        byte[] hash = new byte[64];
        return parts.Length == 2
            && Convert.TryFromBase64String(parts[0], salt, out int saltLength)
            && Convert.TryFromBase64String(parts[1], hash, out int hashLength)
            && Hash(salt[..saltLength], name).AsSpan().SequenceEqual(hash.AsSpan(0, hashLength));
    }

    // Goes back to the last star only, so that no pattern takes more than length times length steps.
    private static bool MatchPattern(string pattern, string name)
    {
        int at = 0, star = -1, resume = 0;
        for (int i = 0; i < name.Length;)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                star = at++;
                resume = i;
            }
            else if (at < pattern.Length && (pattern[at] == '?' || pattern[at] == name[i]))
            {
                at++;
                i++;
            }
            else if (star >= 0)
            {
                at = star + 1;
                i = ++resume;
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(at).TrimStart('*').IsEmpty;
    }

#pragma warning disable CA5350 // The format has SHA-1; it hides names from eyes and protects no key.
    private static byte[] Hash(byte[] salt, string name) => HMACSHA1.HashData(salt, Encoding.UTF8.GetBytes(name));
#pragma warning restore CA5350
}
