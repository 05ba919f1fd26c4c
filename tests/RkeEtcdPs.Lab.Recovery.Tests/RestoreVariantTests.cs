using System.Text.Json.Nodes;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests;

/// <summary>Restores on hosts that differ from the ordinary ones.</summary>
[Collection(LabCollection.Name)]
public sealed class RestoreVariantTests
{
    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task One_host_with_data_on_a_mount_of_its_own_a_docker_group_user_and_an_etcd_image_without_a_shell()
    {
        await using Lab lab = await LabVariants.StartAsync(LabConfiguration.WithHosts(1, host => host with { User = "rke", EtcdOwnMount = true }) with
        {
            EtcdShell = false,
            InternalNetwork = true,
            EtcdOptions = Options,
            EtcdFlags = Flags,
        });
        LabHost host = Assert.Single(lab.EtcdHosts);
        Product product = new(lab);
        await Keys.WriteAsync(host, "before");
        await product.SaveSameAsync("good");
        string before = await Keys.ReadAsync(host);
        await Keys.WriteAsync(host, "after");
        string after = await Keys.ReadAsync(host);

        string container = await DescribeAsync(host);
        Assert.Contains(Flags[0], container);

        RestoreResult first = Assert.Single(await product.RestoreAsync("good"));
        Assert.Equal(before, await Keys.ReadAsync(host));
        await Keys.WriteAsync(host, "second");
        RestoreResult second = Assert.Single(await product.RestoreAsync("good"));
        Assert.Equal(before, await Keys.ReadAsync(host));

        Assert.Equal(container, await DescribeAsync(host));

        // The second one did not touch what the first one keeps.
        Assert.True(Directory.Exists(host.PathOf(first.KeptDataPath!) + "/member/snap"));
        await Assert.ThrowsAsync<RestoreNotSafeException>(() => product.UndoAsync(first.Operation));
        await product.UndoAsync();
        await product.UndoAsync(first.Operation);
        Assert.Equal(after, await Keys.ReadAsync(host));
        Outcome<EtcdRestore>[] kept = await product.RestoresAsync();
        Assert.Equal([first.Operation, second.Operation], kept.Select(outcome => outcome.Value!.Operation));
        Assert.All(kept, outcome => Assert.Equal(RestorePhase.Undone, outcome.Value!.Phase));

        Assert.All(await product.RemoveRestoresAsync(first.Operation, second.Operation), outcome => Assert.NotNull(outcome.Value));
        Assert.Empty(await product.RestoresAsync());
        Assert.Equal(["member"], Directory.EnumerateFileSystemEntries(host.PathOf("/var/lib/etcd")).Select(path => Path.GetFileName(path)));
        await Remains.AssertNoneAsync(lab.EtcdHosts);
        await Assert_full_data_disk_is_refused(product, host);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Full_data_disk_does_not_keep_the_old_data_from_coming_back()
    {
        await using Lab lab = await LabVariants.StartAsync(LabConfiguration.WithHosts(1, host => host with { EtcdOwnMount = true }));
        LabHost host = Assert.Single(lab.EtcdHosts);
        Product product = new(lab);
        await product.SaveSameAsync("good");
        await Keys.WriteAsync(host, "after");
        string after = await Keys.ReadAsync(host);
        const string Filler = "/var/lib/etcd/filler";
        long free = -1;

        RestoreRolledBackException failure = await Assert.ThrowsAsync<RestoreRolledBackException>(() => product.RestoreAsync(new RestoreRequest
        {
            Name = "good",
            ProofLimit = TimeSpan.FromSeconds(2),
            Observer = (step, node) =>
            {
                if (step == RestoreStep.StartEtcd && node is null)
                {
                    File.WriteAllText(host.PathOf("/var/lib/etcd/member/snap/db"), "no database");
                }
                else if (step == RestoreStep.MarkUndoing && node is null)
                {
                    host.RunAsync("mount", "-o", "remount,size=400m", "/var/lib/etcd").GetAwaiter().GetResult().OrThrow();
                    host.RunAsync("dd", "if=/dev/zero", $"of={Filler}", "bs=4096").GetAwaiter().GetResult();
                    free = new DriveInfo(host.PathOf("/var/lib/etcd")).AvailableFreeSpace;
                }
                else if (step == RestoreStep.BackStartEtcd && node is null)
                {
                    File.Delete(host.PathOf(Filler));
                }
            },
        }));

        Assert.Equal(0, free);
        Assert.Contains("serves again", failure.Message, StringComparison.Ordinal);
        Assert.Equal(after, await Keys.ReadAsync(host));
        await Remains.AssertNoneAsync(lab.EtcdHosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Five_hosts_with_extra_settings_one_of_which_has_lost_its_container()
    {
        await using Lab lab = await LabVariants.StartAsync(LabConfiguration.WithHosts(5) with { EtcdOptions = Options, EtcdFlags = Flags });
        Product product = new(lab);
        await Keys.WriteAsync(lab.Hosts[0], "before");
        await product.SaveSameAsync("good");
        string before = await Keys.ReadAsync(lab.Hosts[0]);
        await Keys.WriteAsync(lab.Hosts[4], "after");
        string[] containers = await Task.WhenAll(lab.Hosts.Select(DescribeAsync));
        (await lab.Hosts[3].DockerAsync("rm", "--force", "etcd")).OrThrow();

        IReadOnlyList<RestoreResult> results = await product.RestoreAsync("good");

        Assert.Equal(5, results.Count);
        Assert.Empty(product.RestoreFailures);
        foreach (LabHost host in lab.Hosts)
        {
            Assert.Equal(before, await Keys.ReadAsync(host));
        }

        foreach (LabHost host in lab.Hosts)
        {
            await host.PutAsync($"/registry/new/{host.Name}", "works");
        }

        foreach ((LabHost host, string container) in lab.Hosts.Zip(containers))
        {
            Assert.Equal(container, await DescribeAsync(host));
        }

        await Remains.AssertNoneAsync(lab.Hosts);
    }

    private static readonly System.Collections.Immutable.ImmutableArray<string> Options = ["--env", "ETCD_QUOTA_BACKEND_BYTES=4294967296", "--volume", "/opt/rke:/extra:ro"];

    private static readonly System.Collections.Immutable.ImmutableArray<string> Flags = ["--auto-compaction-retention=5", "--max-request-bytes=2000000"];

    private static async Task<string> DescribeAsync(LabHost host)
    {
        string json = (await host.DockerAsync("inspect", "--format", """{"Cmd":{{json .Config.Cmd}},"Env":{{json .Config.Env}},"Labels":{{json .Config.Labels}},"Host":{{json .HostConfig}}}""", "etcd")).OrThrow().StandardOutput;
        JsonNode container = JsonNode.Parse(json)!;
        // In whatever order the engine has put them.
        container["Env"] = new JsonArray([.. container["Env"]!.AsArray().Select(variable => variable!.GetValue<string>()).Order(StringComparer.Ordinal).Select(variable => JsonValue.Create(variable))]);
        return Said(container)!.ToJsonString();
    }

    // The engine writes the same absence as null, empty, false or 0, by which client asked for the container.
    private static JsonNode? Said(JsonNode? node) => node switch
    {
        JsonObject parts => Whole(new JsonObject(parts.Select(part => KeyValuePair.Create(part.Key, Said(part.Value))).Where(part => part.Value is not null).OrderBy(part => part.Key, StringComparer.Ordinal))),
        JsonArray items => items.All(item => Said(item) is null) ? null : items.DeepClone(),
        JsonValue value when value.ToJsonString() is "0" or "false" or "\"\"" => null,
        _ => node?.DeepClone(),
    };

    private static JsonObject? Whole(JsonObject parts) => parts.Count > 0 ? parts : null;

    private static async Task Assert_full_data_disk_is_refused(Product product, LabHost host)
    {
        (await host.RunAsync("mount", "-o", "remount,size=150m", "/var/lib/etcd")).OrThrow();

        RestoreNotSafeException failure = await Assert.ThrowsAsync<RestoreNotSafeException>(() => product.RestoreAsync("good"));

        Assert.Equal("NotEnoughDisk", Assert.Single(failure.Findings).Id);
        await Remains.AssertNoneAsync([host]);
    }
}
