using System.Text.RegularExpressions;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>Says in our terms why an ssh client ended, from what OpenSSH prints with <c>-v</c>.</summary>
internal static partial class SshFailure
{
    /// <summary>The cause; the last resort is <see cref="NodeUnreachableException"/> with ssh's own words.</summary>
    public static EtcdSnapshotException Classify(RkeNode node, IReadOnlyList<string> messages)
    {
        string all = string.Join('\n', messages);
        if (all.Contains("REMOTE HOST IDENTIFICATION HAS CHANGED", StringComparison.Ordinal))
        {
            return new HostKeyChangedException(node, Fingerprint(all), StoppedAtBastion(node, all), KnownHosts(all));
        }

        if (all.Contains("Host key verification failed", StringComparison.Ordinal))
        {
            return new HostKeyUnknownException(node, Fingerprint(all), StoppedAtBastion(node, all));
        }

        string? said = messages.LastOrDefault(line => line.Length > 0 && !line.StartsWith("debug", StringComparison.Ordinal) && !IsNoise(line));
        if (all.Contains("Permission denied (", StringComparison.Ordinal) || all.Contains("Too many authentication failures", StringComparison.Ordinal))
        {
            return SshKeyFile.FindFault(node, messages) is { } fault ? fault : new AuthenticationFailedException(
                node,
                StoppedAtBastion(node, all) is { } bastion ? $"the bastion {bastion} accepted no key" : $"no key was accepted for {node.User ?? "the user"}",
                "Check user and ssh_key_path in cluster.yml; with a key in an agent, set ssh_agent_auth or leave ssh_key_path out. `ssh -v` shows which keys are offered.");
        }

        return new NodeUnreachableException(node, Cause(all, node) ?? said ?? "ssh ended without a word", Advice(node));
    }

    private static string Advice(RkeNode node) => node.Bastion is null
        ? "Check that the host is up, the address and port in cluster.yml, and the firewall. One that is gone for good is to be taken out of cluster.yml: about_EtcdRecovery."
        : $"Check that the host and the bastion {node.Bastion.Address} are up, the addresses and ports in cluster.yml, and the firewalls.";

    private static string? Cause(string all, RkeNode node) => all switch
    {
        _ when all.Contains("not responding", StringComparison.Ordinal) => "it stopped answering",
        _ when all.Contains("stdio forwarding failed", StringComparison.Ordinal) => $"the bastion {node.Bastion?.Address} cannot connect to it",
        _ when all.Contains("timed out during banner exchange", StringComparison.Ordinal) => "its SSH server does not answer",
        _ when all.Contains("timed out", StringComparison.Ordinal) => "the connection timed out",
        _ when all.Contains("Connection refused", StringComparison.Ordinal) => "the connection was refused",
        _ when all.Contains("Could not resolve hostname", StringComparison.Ordinal) => NodeUnreachableException.NameUnknown,
        _ when all.Contains("No route to host", StringComparison.Ordinal) => "there is no route to it",
        _ => null,
    };

    private static bool IsNoise(string line)
        => line.StartsWith("OpenSSH_", StringComparison.Ordinal)
            || line.StartsWith("Authenticated to", StringComparison.Ordinal)
            || line.StartsWith("Warning:", StringComparison.Ordinal)
            || line.StartsWith("Transferred:", StringComparison.Ordinal)
            || line.StartsWith("Bytes per second:", StringComparison.Ordinal);

    // The address of the bastion when only one server, which is then the bastion, has shown its key.
    private static string? StoppedAtBastion(RkeNode node, string all)
        => node.Bastion is { } bastion && ServerHostKey().Count(all) == 1 ? bastion.Address : null;

    private static string? Fingerprint(string all)
    {
        // The last one: behind a bastion, the bastion's own key comes first.
        Match? match = ServerHostKey().Matches(all).LastOrDefault();
        return match is null ? null : $"{match.Groups["type"].Value} {match.Groups["hash"].Value}";
    }

    // The file that holds the old key. Ssh names it with the line, and with the user's folder written out.
    private static string? KnownHosts(string all) => OffendingKey().Match(all) is { Success: true } match ? match.Groups["file"].Value : null;

    [GeneratedRegex(@"^Offending \S+ key in (?<file>.+):\d+\r?$", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex OffendingKey();

    [GeneratedRegex(@"Server host key: (?<type>\S+) (?<hash>SHA256:\S+)", RegexOptions.CultureInvariant)]
    private static partial Regex ServerHostKey();
}
