using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Snapshots;

/// <summary>The script that gives a file its name on a host, on files that are not what they should be.</summary>
public sealed class VerificationTests(LabFixture fixture) : ProductTest(fixture)
{
    private LabHost Host => Lab.Hosts[0];

    [SkippableFact]
    public async Task File_that_is_not_whole_never_gets_its_name()
    {
        EtcdSnapshot snapshot = Assert.Single(await Product.SaveAsync("good", Host.Name)).Value!;
        byte[] good = await File.ReadAllBytesAsync(Path.Combine(Host.SnapshotFolder, "good"));
        byte[] flipped = [.. good];
        flipped[good.Length / 2] ^= 1;
        byte[] trailer = [.. good];
        trailer[^1] ^= 1;

        await AssertRefusedAsync(flipped, "", "failed SnapshotCorrupt its bytes hash to");
        await AssertRefusedAsync(trailer, "", "failed SnapshotCorrupt its bytes hash to");
        await AssertRefusedAsync(good[..^1], "", "failed SnapshotCorrupt a snapshot of");
        await AssertRefusedAsync(good[..^4096], "", "failed SnapshotCorrupt its bytes hash to");
        await AssertRefusedAsync([], "", "failed SnapshotCorrupt a snapshot of 0 bytes");
        await AssertRefusedAsync(good, new string('0', 64), "failed SnapshotMismatch");
        Assert.Equal(0, (await ReceiveAsync(good, snapshot.ContentHash)).ExitCode);
        Assert.Equal(good, await File.ReadAllBytesAsync(Path.Combine(Host.SnapshotFolder, "copy")));
    }

    private async Task AssertRefusedAsync(byte[] bytes, string hash, string expected)
    {
        Machine.CommandResult result = await ReceiveAsync(bytes, hash);

        Assert.Equal(3, result.ExitCode);
        Assert.Contains(expected, result.StandardOutput);
        Assert.False(File.Exists(Path.Combine(Host.SnapshotFolder, "copy")));
        Assert.Empty(Remains.Unfinished(Host));
    }

    private async Task<Machine.CommandResult> ReceiveAsync(byte[] bytes, string? hash)
    {
        await File.WriteAllBytesAsync(Path.Combine(Host.SnapshotFolder, SnapshotFolder.PartName("copy")), bytes);
        HelperContainerSpec spec = SnapshotFolder.Describe("rancher/rke-tools:lab", new SaveRequest { Name = "copy" }, SnapshotFolderWork.Receive, expectedHash: hash);
        return await Host.DockerAsync(
            ["run", "--rm", "--network", "none", "--volume", spec.Binds[0], "--entrypoint", spec.Entrypoint[0], spec.Image, .. spec.Entrypoint.Skip(1), .. spec.Arguments]);
    }
}
