using Renci.SshNet;
using Renci.SshNet.Common;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Hosts.InProcess;

/// <summary>The private keys that are offered to a node: those of cluster.yml, otherwise the user's own.</summary>
internal static class ManagedSshKeys
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private static readonly string[] Defaults = ["id_ed25519", "id_ecdsa", "id_rsa"];

    /// <summary>At least one key.</summary>
    /// <exception cref="KeyUnreadableException">A key that cluster.yml names cannot be used.</exception>
    /// <exception cref="AuthenticationFailedException">Keys must come from an agent, or there is none at all.</exception>
    public static IReadOnlyList<PrivateKeyFile> Read(RkeNode node)
    {
        SshLogin login = node.Login;
        if (login.UseAgent)
        {
            throw new AuthenticationFailedException(
                node,
                "cluster.yml says ssh_agent_auth, and the in-process transport cannot use an SSH agent",
                "Use -Transport OpenSsh, or name the key itself with ssh_key_path or ssh_key and leave ssh_agent_auth out.");
        }

        if (login.Key is { } inline)
        {
            return [Parse(node, "the key in cluster.yml", inline.Reveal(), Certificate(node, null))];
        }

        if (login.KeyPath is { } path)
        {
            return [Parse(node, path, ReadFile(node, path), Certificate(node, path))];
        }

        PrivateKeyFile[] own = [.. Defaults.Select(name => TryReadOwn(node, name)).OfType<PrivateKeyFile>()];
        return own.Length > 0 ? own : throw new AuthenticationFailedException(
            node,
            "cluster.yml names no key, and the user has none in ~/.ssh that can be used without a passphrase",
            "Set ssh_key_path or ssh_key in cluster.yml; a key in an agent needs -Transport OpenSsh.");
    }

    private static PrivateKeyFile? TryReadOwn(RkeNode node, string name)
    {
        string path = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ssh", name);
        try
        {
            return File.Exists(path) ? Parse(node, path, ReadFile(node, path), Certificate(node, path)) : null;
        }
        catch (KeyUnreadableException)
        {
            return null; // Nobody named this one, so it need not be of use; ssh goes on to the next, too.
        }
    }

    private static PrivateKeyFile Parse(RkeNode node, string name, string key, string? certificate)
    {
        if (SshKeyFile.IsEncrypted(key))
        {
            throw new KeyUnreadableException(
                node,
                $"{name} needs a passphrase",
                "Use a key without a passphrase, or add it to the SSH agent with `ssh-add` and use -Transport OpenSsh.");
        }

        try
        {
            using MemoryStream privateKey = new(System.Text.Encoding.UTF8.GetBytes(key));
            using MemoryStream? signed = certificate is null ? null : new(System.Text.Encoding.UTF8.GetBytes(certificate));
            return new PrivateKeyFile(privateKey, null, signed);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Whatever bytes stand there, SSH.NET's readers meet them with exceptions of many types.
            throw new KeyUnreadableException(
                node,
                $"{name}: {(error is SshException or NotSupportedException or ArgumentException ? error.Message.TrimEnd('.') : "it is not a private key")}",
                "The key must be a private key in OpenSSH or PEM format, and a certificate must be for that key.",
                error);
        }
    }

    private static string? Certificate(RkeNode node, string? keyPath)
    {
        if (node.Login.Certificate is { } inline)
        {
            return inline;
        }

        if (node.Login.CertificatePath is { } path)
        {
            return ReadText(node, path, "ssh_cert_path");
        }

        return keyPath is not null && File.Exists($"{keyPath}-cert.pub") ? ReadText(node, $"{keyPath}-cert.pub", "ssh_cert_path") : null;
    }

    private static string ReadFile(RkeNode node, string path)
    {
        string key = ReadText(node, path, "ssh_key_path");
        return OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Others) == 0 ? key : throw new KeyUnreadableException(
            node, $"{path}: others can read it", "Set its mode: `chmod 600` on the key file.");
    }

    private static string ReadText(RkeNode node, string path, string setting)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw error is FileNotFoundException or DirectoryNotFoundException
                ? new KeyUnreadableException(node, $"{path} does not exist", $"Correct {setting} in cluster.yml.", error)
                : new KeyUnreadableException(node, $"{path}: {error.Message}", "The key must be readable for you.", error);
        }
    }
}
