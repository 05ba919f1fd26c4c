namespace RkeEtcdPs.Engine.Configuration;

/// <summary>Reads how to log in: a host's own keys first, then the cluster's.</summary>
/// <remarks>
/// RKE 1.x takes <c>ssh_agent_auth</c> from the top level only; here a host's own value counts, and where a host has none, the result is the same.
/// An inline key makes the cluster's key path needless, as in RKE.
/// </remarks>
internal static class SshLoginReader
{
    /// <summary>Reads the login of a node or of the bastion.</summary>
    public static SshLogin Read(Section host, Section top)
    {
        Secret? key = host.Secret("ssh_key");
        string? certificate = host.Block("ssh_cert");
        return new SshLogin
        {
            UseAgent = host.Flag("ssh_agent_auth") ?? top.Flag("ssh_agent_auth") ?? false,
            Key = key,
            KeyPath = ExpandHome(host.Text("ssh_key_path") ?? (key is null ? top.Text("ssh_key_path") : null)),
            Certificate = certificate,
            CertificatePath = ExpandHome(host.Text("ssh_cert_path") ?? (certificate is null ? top.Text("ssh_cert_path") : null)),
        };
    }

    // Only "~" alone is the user's own home; "~name" stays, as RKE leaves it.
    private static string? ExpandHome(string? path)
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return path switch
        {
            "~" when home.Length > 0 => home,
            ['~', '/' or '\\', .. string rest] when home.Length > 0 => Path.Combine(home, rest.TrimStart('/', '\\')),
            _ => path,
        };
    }
}
