using Renci.SshNet;
using Renci.SshNet.Security;

namespace RkeEtcdPs.Engine.Hosts.InProcess;

/// <summary>Which key a host is asked to show.</summary>
internal static class ManagedSshAlgorithms
{
    private const string Certificate = "-cert-v01@openssh.com";

    /// <summary>Puts the types that are known of the host first, as OpenSSH does: otherwise another key of the same host would look changed.</summary>
    public static void Prefer(IOrderedDictionary<string, Func<byte[], KeyHostAlgorithm>> algorithms, IReadOnlySet<string> knownTypes)
    {
        KeyValuePair<string, Func<byte[], KeyHostAlgorithm>>[] offered = [.. algorithms];
        algorithms.Clear();
        // No certificate: whether its authority is known is not looked at here, and without one the host shows its plain key.
        foreach (var (name, create) in offered
            .Where(algorithm => !algorithm.Key.EndsWith(Certificate, StringComparison.Ordinal))
            .OrderBy(algorithm => knownTypes.Contains(KeyType(algorithm.Key)) ? 0 : 1))
        {
            algorithms.Add(name, create);
        }
    }

    private static string KeyType(string algorithm) => algorithm.StartsWith("rsa-sha2-", StringComparison.Ordinal) ? "ssh-rsa" : algorithm;
}
