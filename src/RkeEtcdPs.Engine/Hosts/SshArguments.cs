using System.Globalization;
using System.Text;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>The command line of the ssh client for one node, without what is to be done there.</summary>
/// <remarks>Every value is an argument of its own; nothing passes through a shell.</remarks>
internal static class SshArguments
{
    private const string BastionAlias = "etcdsnapshot-bastion";

    /// <summary>Options up to, but without, <c>--</c> and the host.</summary>
    /// <exception cref="KeyUnreadableException">A key that cluster.yml names is not there.</exception>
    public static List<string> Create(RkeNode node, HostOptions options, SshPrivateFolder folder)
    {
        List<string> arguments = [];
        string? config = node.Bastion is { } bastion
            ? folder.Write("config", BastionConfig(node, bastion, options, folder))
            : options.SshConfigPath;
        if (config is not null)
        {
            arguments.AddRange(["-F", config]);
        }

        // Verbose, because only then ssh says the host key's fingerprint and why a channel failed.
        arguments.AddRange(["-v", "-T", "-p", Number(node.Port)]);
        foreach ((string key, string value) in Common(options))
        {
            arguments.AddRange(["-o", $"{key}={value}"]);
        }

        // A user's own settings for interactive logins must not add an agent, a display, a command or a shared connection to ours.
        // Forwards that they set up are opened, as on every login; that one of them fails is no reason to fail.
        arguments.AddRange(["-o", "ForwardAgent=no", "-o", "ForwardX11=no", "-o", "PermitLocalCommand=no", "-o", "RemoteCommand=none", "-o", "ExitOnForwardFailure=no", "-o", "ClearAllForwardings=no"]);
        // Older clients know only the command-line form of this one, which is not given here.
        arguments.AddRange(["-o", "IgnoreUnknown=ForkAfterAuthentication", "-o", "ForkAfterAuthentication=no"]);
        if (node.User is not null)
        {
            arguments.AddRange(["-l", node.User]);
        }

        if (node.Bastion is not null)
        {
            arguments.AddRange(["-o", $"ProxyJump={BastionAlias}"]);
        }

        foreach ((string key, string value) in Login(node, node.Login, "node", folder))
        {
            arguments.AddRange(["-o", $"{key}={value}"]);
        }

        return arguments;
    }

    private static IEnumerable<(string Key, string Value)> Common(HostOptions options)
    {
        yield return ("BatchMode", "yes");
        yield return ("ConnectTimeout", Seconds(options.ConnectTimeout));
        yield return ("ServerAliveInterval", Seconds(options.KeepAliveInterval));
        yield return ("ServerAliveCountMax", "3");
        yield return ("ControlMaster", "no");
        yield return ("ControlPath", "none");
        if (options.AcceptNewHostKey)
        {
            yield return ("StrictHostKeyChecking", "accept-new");
        }
    }

    private static IEnumerable<(string Key, string Value)> Login(RkeNode node, SshLogin login, string name, SshPrivateFolder folder)
    {
        string? key = login.Key is not null
            ? folder.Write($"{name}.key", login.Key.Reveal().TrimEnd() + "\n")
            : login.KeyPath;
        if (key is not null)
        {
            if (!File.Exists(key))
            {
                throw new KeyUnreadableException(node, $"{key} does not exist", "Correct ssh_key_path in cluster.yml, or remove it to let ssh choose the key.");
            }

            yield return ("IdentityFile", Quote(key));
            if (!login.UseAgent)
            {
                // Otherwise an agent full of other keys uses up the host's limit of tries before this one.
                yield return ("IdentitiesOnly", "yes");
            }
        }

        string? certificate = login.Certificate is not null
            ? folder.Write($"{name}.cert", login.Certificate.TrimEnd() + "\n")
            : login.CertificatePath;
        if (certificate is not null)
        {
            yield return ("CertificateFile", Quote(certificate));
        }
    }

    /// <summary>
    /// An ssh_config whose first block is the bastion, since options on the command line do not reach a jump host,
    /// and which otherwise says what the user's own says.
    /// </summary>
    private static string BastionConfig(RkeNode node, RkeBastion bastion, HostOptions options, SshPrivateFolder folder)
    {
        StringBuilder config = new();
        config.Append(CultureInfo.InvariantCulture, $"Host {BastionAlias}\n  HostName {bastion.Address.Replace("%", "%%", StringComparison.Ordinal)}\n  Port {bastion.Port}\n");
        if (bastion.User is not null)
        {
            config.Append(CultureInfo.InvariantCulture, $"  User {bastion.User}\n");
        }

        foreach ((string key, string value) in Common(options).Concat(Login(node, bastion.Login, "bastion", folder)))
        {
            config.Append(CultureInfo.InvariantCulture, $"  {key} {value}\n");
        }

        config.Append("Match all\n");
        string[] included = options.SshConfigPath is { } own ? [Path.GetFullPath(own)] : UserConfigs();
        foreach (string path in included)
        {
            config.Append(CultureInfo.InvariantCulture, $"Include \"{path}\"\n");
        }

        return config.ToString();
    }

    private static string[] UserConfigs() => OperatingSystem.IsWindows()
        ? [Home(".ssh/config"), Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "ssh", "ssh_config")]
        : [Home(".ssh/config"), "/etc/ssh/ssh_config"];

    private static string Home(string path) => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path);

    // ssh expands % in file names, and splits an option's value at spaces unless it is quoted.
    private static string Quote(string path) => $"\"{path.Replace("%", "%%", StringComparison.Ordinal)}\"";

    private static string Seconds(TimeSpan time) => Number((int)Math.Ceiling(time.TotalSeconds));

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
