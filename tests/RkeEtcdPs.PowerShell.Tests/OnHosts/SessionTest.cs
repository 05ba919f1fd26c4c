using RkeEtcdPs.PowerShell.Tests.Hosting;

namespace RkeEtcdPs.PowerShell.Tests.OnHosts;

/// <summary>A class of tests in which a session of this process works on the hosts of the lab.</summary>
/// <remarks>Scripts have <c>$lab</c>, the path of its cluster.yml, and <c>$ssh</c>, that of its ssh_config.</remarks>
public abstract class SessionTest(LabFixture fixture) : LabTest(fixture)
{
    private Session? _session;

    private protected Session Session => _session ??= OpenSession();

    /// <inheritdoc />
    public override Task DisposeAsync()
    {
        _session?.Dispose();
        return base.DisposeAsync();
    }

    private protected Session OpenSession()
    {
        Session session = Hosting.Session.Open();
        session.Set("lab", Lab.Folder.ClusterYml);
        session.Set("ssh", Lab.Folder.SshConfig);
        return session;
    }
}
