using System.Diagnostics;
using Xunit;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>What a finished, failed or stopped operation must not leave behind, here or on the hosts.</summary>
internal static class Remains
{
    /// <summary>Fails when an ssh client of ours, a private folder, a helper container or an unfinished file is left.</summary>
    public static async Task AssertNoneAsync(IEnumerable<LabHost> hosts)
    {
        Assert.Empty(PrivateFolders());
        Assert.Empty(Process.GetProcessesByName("ssh").Where(IsOurs).Select(process => process.Id));
        await AssertNoneOnAsync(hosts);
    }

    /// <summary>Fails when a helper container or an unfinished file is left on the hosts.</summary>
    public static async Task AssertNoneOnAsync(IEnumerable<LabHost> hosts)
    {
        foreach (LabHost host in hosts)
        {
            Assert.Empty((await host.DockerAsync("ps", "-aq", "--filter", "label=io.etcdsnapshot.operation")).OrThrow().StandardOutput);
            Assert.Empty(Unfinished(host));
        }
    }

    /// <summary>The private folders of ssh connections here.</summary>
    public static IEnumerable<string> PrivateFolders() => Directory.EnumerateDirectories(Path.GetTempPath(), "etcdsnapshot-ssh-*");

    public static IEnumerable<string> Unfinished(LabHost host)
        => Directory.Exists(host.SnapshotFolder)
            ? Directory.EnumerateFiles(host.SnapshotFolder).Select(path => Path.GetFileName(path)).Where(name => name.Contains(".part", StringComparison.Ordinal))
            : [];

    private static bool IsOurs(Process ssh)
    {
        try
        {
            return File.ReadAllText($"/proc/{ssh.Id}/cmdline").Contains(Path.Combine(Path.GetTempPath(), "etcdsnapshot-ssh-"), StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // It has just ended.
        }
    }
}
