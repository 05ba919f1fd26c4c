using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.NewHosts;

/// <summary>What a restore must not leave on a host that was new.</summary>
internal static class NewHost
{
    /// <summary>Fails when it has a container, certificates or data in its place.</summary>
    /// <param name="host">The host.</param>
    /// <param name="what">What was done before, for the message.</param>
    public static async Task AssertHasNothingAsync(LabHost host, string what)
    {
        string containers = (await host.DockerAsync("ps", "--all", "--format", "{{.Names}} {{.Status}}")).OrThrow().StandardOutput;
        Assert.True(containers.Length == 0, $"{what}: {containers}");
        Assert.Empty(Directory.EnumerateFileSystemEntries(host.PathOf("/etc/kubernetes/ssl")));
        Assert.False(Directory.Exists(host.PathOf("/var/lib/etcd/member")));
    }
}
