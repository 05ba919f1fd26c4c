using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Members;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Snapshots;

/// <summary>Saves on hosts that differ from the ordinary ones, several differences in one lab.</summary>
[Collection(LabCollection.Name)]
public sealed class SaveVariantTests
{
    private const long SmallDisk = 48 * 1024 * 1024;

    [SkippableFact]
    public async Task Bastion_other_port_docker_group_user_internal_network_and_an_etcd_image_without_a_shell()
    {
        LabConfiguration configuration = LabConfiguration.WithHosts(1, host => host with { SshPort = 2222, User = "rke", EtcdOwnMount = true })
            with
        { Bastion = true, EtcdShell = false, InternalNetwork = true };
        await using Lab lab = await LabVariants.StartAsync(configuration);
        Product product = new(lab);

        Outcome<EtcdSnapshot>[] outcomes = await product.SaveAsync("nightly");

        Assert.All(outcomes, outcome => Assert.Null(outcome.Failure));
        Assert.True(Assert.Single(outcomes).Value!.Verified);
        Assert.Equal(2222, Assert.Single(product.Cluster.Nodes).Port);
        Assert.NotNull(product.Cluster.Bastion);
        Assert.Contains(product.Story.OfType<HostMessage>(), message => message.Message.EndsWith("forwarded by ssh", StringComparison.Ordinal));
        Outcome<EtcdMember> member = Assert.Single(await product.MembersAsync());
        Assert.True(member.Value?.Healthy, member.Failure?.Message);
        await Remains.AssertNoneAsync(lab.EtcdHosts);
        await Assert_user_outside_the_docker_group_is_told_so(lab);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Host_without_socket_forwarding_is_reached_through_its_docker_command_and_without_that_is_an_error()
    {
        await using Lab lab = await LabVariants.StartAsync(LabConfiguration.WithHosts(
            2, host => host with { StreamLocalForwarding = false, DockerCli = host.Name == "node1", SnapshotDiskBytes = SmallDisk }));
        Product product = new(lab);

        Outcome<EtcdSnapshot>[] outcomes = await product.SaveAsync("stdio");

        Assert.True(outcomes[0].Value?.Verified, outcomes[0].Failure?.Message);
        Assert.Contains(product.Story.OfType<HostMessage>(), message => message.Message.Contains("dial-stdio", StringComparison.Ordinal));
        Assert.IsType<ForwardingForbiddenException>(outcomes[1].Failure);
        await Remains.AssertNoneAsync(lab.EtcdHosts);
        await Assert_full_disk_before_the_save_is_refused(product, lab.EtcdHosts[0]);
        await Assert_disk_that_fills_during_the_save_leaves_no_file(product, lab.EtcdHosts[0]);
    }

    private static async Task Assert_user_outside_the_docker_group_is_told_so(Lab lab)
    {
        LabHost host = Assert.Single(lab.EtcdHosts);
        (await host.RunAsync("chmod", "0600", "/run/docker.sock")).OrThrow();

        Outcome<EtcdSnapshot> outcome = Assert.Single(await new Product(lab).SaveAsync("denied"));

        Assert.IsType<DockerAccessDeniedException>(outcome.Failure);
    }

    private static async Task Assert_full_disk_before_the_save_is_refused(Product product, LabHost host)
    {
        await host.FillDiskAsync(leaveBytes: 8 * 1024);

        Assert.IsType<NotEnoughDiskException>(Assert.Single(await product.SaveAsync("full", host.Name)).Failure);

        Assert.False(File.Exists(Path.Combine(host.SnapshotFolder, "full")));
        await Remains.AssertNoneAsync([host]);
        host.FreeDisk();
    }

    private static async Task Assert_disk_that_fills_during_the_save_leaves_no_file(Product product, LabHost host)
    {
        Task<Outcome<EtcdSnapshot>[]> save;
        await using (Frozen etcdctl = await Frozen.AtSnapshotSaveAsync(host))
        {
            save = product.SaveAsync("filling", host.Name);
            await etcdctl.Reached;
            await host.FillDiskAsync();
        }

        Assert.IsType<NotEnoughDiskException>(Assert.Single(await save).Failure);
        Assert.False(File.Exists(Path.Combine(host.SnapshotFolder, "filling")));
        await Remains.AssertNoneAsync([host]);
    }
}
