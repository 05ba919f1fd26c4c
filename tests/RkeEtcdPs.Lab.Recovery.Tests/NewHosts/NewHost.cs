using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.NewHosts;

/// <summary>What a restore must not leave on a host that was new.</summary>
internal static class NewHost
{
    /// <summary>Fails when it has a container, certificates or data in its place.</summary>
    public static async Task AssertHasNothingAsync(LabHost host)
    {
        Assert.Equal("", (await host.DockerAsync("ps", "-aq")).OrThrow().StandardOutput);
        Assert.Empty(Directory.EnumerateFileSystemEntries(host.PathOf("/etc/kubernetes/ssl")));
        Assert.False(Directory.Exists(host.PathOf("/var/lib/etcd/member")));
    }
}
