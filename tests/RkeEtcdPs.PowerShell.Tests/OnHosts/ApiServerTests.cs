using RkeEtcdPs.PowerShell.Tests.Hosting;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.OnHosts;

public sealed class ApiServerTests(LabFixture fixture) : SessionTest(fixture)
{
    [SkippableFact]
    public async Task Question_names_the_cluster_with_the_host()
    {
        const int no = 2;
        await Lab.Hosts[0].ServeApiAsync([$"https://{Lab.Hosts[0].InternalAddress}:2379"]);
        Session.Screen.Answer = _ => no;

        Session.Run("Update-KubeApiServer $lab -Node node1 -SshConfig $ssh").AssertQuiet();

        Assert.Contains($"on target \"lab: node1 ({Lab.Hosts[0].Address})\"", Assert.Single(Session.Screen.Questions), StringComparison.Ordinal);
    }
}
