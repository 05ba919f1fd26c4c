using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>Looks at a private key file after a refused login, to say whether the key itself was the reason.</summary>
internal static partial class SshKeyFile
{
    /// <summary>What is wrong with the key of the node or its bastion; null when nothing is seen.</summary>
    public static KeyUnreadableException? FindFault(RkeNode node, IReadOnlyList<string> messages)
    {
        foreach (string line in messages)
        {
            if (LoadFailure().Match(line) is { Success: true } match)
            {
                return new KeyUnreadableException(
                    node,
                    $"{match.Groups["path"].Value}: {match.Groups["why"].Value}",
                    "The key must be a private key in OpenSSH or PEM format that only its owner can read (mode 0600).");
            }

            if (line.Contains("UNPROTECTED PRIVATE KEY FILE", StringComparison.Ordinal))
            {
                return new KeyUnreadableException(node, "others can read it, so ssh ignores it", "Set its mode: `chmod 600` on the key file.");
            }
        }

        foreach (SshLogin? login in new[] { node.Login, node.Bastion?.Login })
        {
            if (ReadKey(login) is { } key && IsEncrypted(key))
            {
                return new KeyUnreadableException(
                    node,
                    $"{login?.KeyPath ?? "the key in cluster.yml"} needs a passphrase and no agent offers it",
                    "Add it to the SSH agent with `ssh-add`, or use a key without a passphrase for unattended work.");
            }
        }

        return null;
    }

    /// <summary>True when the key is locked by a passphrase.</summary>
    /// <remarks>Formats: PEM (RFC 1421 and PKCS #8) and OpenSSH's PROTOCOL.key, whose cipher name follows the magic.</remarks>
    internal static bool IsEncrypted(string key)
    {
        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            return true;
        }

        const string magic = "openssh-key-v1\0";
        string body = string.Concat(key.Split('\n').Select(line => line.Trim()).Where(line => !line.StartsWith("-----", StringComparison.Ordinal)));
        Span<byte> bytes = new byte[body.Length];
        if (!Convert.TryFromBase64String(body, bytes, out int length) || length < magic.Length + 8 || Encoding.ASCII.GetString(bytes[..magic.Length]) != magic)
        {
            return false;
        }

        int cipher = BinaryPrimitives.ReadInt32BigEndian(bytes[magic.Length..]);
        return cipher is < 0 or > 64 || !bytes.Slice(magic.Length + 4, cipher).SequenceEqual("none"u8);
    }

    private static string? ReadKey(SshLogin? login)
    {
        try
        {
            return login?.Key?.Reveal() ?? (login?.KeyPath is { } path ? File.ReadAllText(path) : null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // ssh has already said what it thought of this file.
        }
    }

    [GeneratedRegex("^Load key \"(?<path>[^\"]+)\": (?<why>.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex LoadFailure();
}
