using RkeEtcdPs.Cmdlets.Tests.Commands;
using RkeEtcdPs.Cmdlets.Tests.PowerShell;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Lab;
using RkeEtcdPs.Lab.Tests;
using RkeEtcdPs.PowerShell.Tests.OnHosts;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.InPwsh;

/// <summary>The commands of about_EtcdRecovery for hosts that are gone for good, as they stand, one disaster after the other.</summary>
[Collection(LabCollection.Name)]
public sealed class RunbookTests
{
    private const string Key = "/registry/configmaps/default/seen";

    [PwshLabFact]
    [Trait("Speed", "Long")]
    public async Task Runbook_brings_the_cluster_back_after_one_lost_host_a_lost_majority_and_the_loss_of_all()
    {
        var (started, reason) = await LabAvailability.TryStartAsync(LabConfiguration.WithHosts(
            4, host => host with { Roles = host.Name == "node1" ? NodeRoles.ControlPlane : NodeRoles.Etcd }));
        await using Lab.Lab lab = LabAvailability.OrSkip(started, reason);
        LabHost control = lab["node1"];
        LabHost[] hosts = [lab["node2"], lab["node3"], lab["node4"]];
        // With one that only waits nobody would see that it has no etcd any more.
        await control.ServeApiAsync(hosts.Select(host => $"https://{host.InternalAddress}:2379"));
        await hosts[0].PutAsync(Key, "nightly");
        Pwsh saved = await RunAsync(lab, "Save-EtcdSnapshot nightly -SingleSource | Select-Object -First 1 | Copy-EtcdSnapshot -Destination ./store | Out-Null");
        Assert.Equal("", saved.Error);
        await hosts[0].PutAsync(Key, "later");
        (string Title, int Lost, string Value)[] disasters =
        [
            ("One etcd host of three is gone", 1, "later"),
            ("The majority is gone", 2, "nightly"),
            ("All etcd hosts are gone", 3, "nightly"),
        ];
        foreach ((string title, int lost, string value) in disasters)
        {
            hosts = await ReplaceAsync(lab, control, hosts, lost);
            string[] commands = CommandsOf(title);
            Assert.Contains(commands, command => command.StartsWith("Restore-EtcdSnapshot", StringComparison.Ordinal));

            Pwsh run = await RunAsync(lab, string.Join('\n', commands));

            Assert.True(run is { ExitCode: 0, Error: "" }, $"{title}: {run.Error}\n{string.Join('\n', run.Output)}");
            Assert.All(hosts, host => Assert.Equal(value, host.GetAsync(Key).GetAwaiter().GetResult()));
            Assert.Equal($"{Key}\n{value}", await control.GetApiAsync("registry"));
            await hosts[0].PutAsync(Key, "later");
        }

        await Remains.AssertNoneOnAsync([control, .. hosts]);
    }

    // The first ones stay, as in the topic.
    private static async Task<LabHost[]> ReplaceAsync(Lab.Lab lab, LabHost control, LabHost[] hosts, int lost)
    {
        string[] names = [.. Enumerable.Range(0, lost).Select(n => $"new{lost}{n}")];
        Task<LabHost[]> adding = Task.WhenAll(names.Select(name => lab.AddBareHostAsync(name, host => host with { Roles = NodeRoles.Etcd })));
        await Task.WhenAll(hosts[^lost..].Select(host => host.DestroyAsync()));
        LabHost[] now = [.. hosts[..^lost], .. await adding];
        lab.WriteClusterYml([control, .. now]);
        // With RKE's own five seconds an election takes longer than all the rest.
        const string Service = "    snapshot: null\n";
        string yml = File.ReadAllText(lab.Folder.ClusterYml);
        Assert.Contains(Service, yml);
        File.WriteAllText(lab.Folder.ClusterYml, yml.Replace(Service, Service + "    extra_args: { heartbeat-interval: \"100\", election-timeout: \"1000\" }\n", StringComparison.Ordinal));
        return now;
    }

    private static Task<Pwsh> RunAsync(Lab.Lab lab, string script) => Pwsh.RunAsync(
        $"""
        Set-Location '{lab.Folder.Root}'
        New-Item -ItemType Directory -Force store | Out-Null
        $PSDefaultParameterValues['*:SshConfig'] = './ssh_config'
        # Nobody is there to answer.
        $ConfirmPreference = 'None'
        # What it warns of is part of the runbook.
        $WarningPreference = 'SilentlyContinue'
        {script}
        """);

    // Those that are set off below the title of a disaster.
    private static string[] CommandsOf(string title)
    {
        string topic = File.ReadAllText(Path.Combine(Manifest.Root, "module", "en-US", "about_EtcdRecovery.help.txt"));
        string[] lines = topic[topic.IndexOf($"\n  {title}\n", StringComparison.Ordinal)..].Split('\n')[2..];
        IEnumerable<string> below = lines.TakeWhile(line => line.Length == 0 || line.StartsWith("    ", StringComparison.Ordinal));
        return [.. below.Where(line => line.StartsWith("        ", StringComparison.Ordinal)).Select(line => line.Trim())];
    }
}
