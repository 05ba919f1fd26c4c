using System.Text.RegularExpressions;
using RkeEtcdPs.Cmdlets.Tests.Commands;
using RkeEtcdPs.Cmdlets.Tests.PowerShell;
using RkeEtcdPs.Lab.Tests;
using RkeEtcdPs.PowerShell.Tests.OnHosts;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.InPwsh;

public sealed partial class ReadmeTests(LabFixture fixture) : PwshTest(fixture)
{
    [PwshLabFact]
    public async Task Examples_run_as_they_stand()
    {
        string[] blocks = [.. PowerShellBlock().Matches(await File.ReadAllTextAsync(Path.Combine(Manifest.Root, "README.md"))).Select(block => block.Groups[1].Value)];
        string examples = Assert.Single(blocks, block => block.Contains("Save-EtcdSnapshot before-upgrade", StringComparison.Ordinal));

        // A folder of its own: the examples take every cluster file that is there.
        string folder = Directory.CreateDirectory(Path.Combine(Lab.Folder.Root, "readme")).FullName;
        File.Copy(Lab.Folder.ClusterYml, Path.Combine(folder, "cluster.yml"), overwrite: true);
        File.Copy(Lab.Folder.SshConfig, Path.Combine(folder, "ssh_config"), overwrite: true);

        Pwsh run = await RunAsync($"Set-Location '{folder}'\n{examples.Replace("node[23]", "node[2]", StringComparison.Ordinal)}");

        Assert.Equal("", run.Error);
        Assert.Equal(2, run.Output.Count(line => line.StartsWith("What if: ", StringComparison.Ordinal)));
        Assert.Contains("VERBOSE: [lab] [etcd] Snapshot [hourly] is on all 2 etcd hosts", run.Output);
        Assert.Equal(3, (await File.ReadAllLinesAsync(Path.Combine(folder, "saved.csv"))).Length);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [PwshLabFact]
    public async Task Examples_of_lists_run_as_they_stand()
    {
        string[] blocks = [.. PowerShellBlock().Matches(await File.ReadAllTextAsync(Path.Combine(Manifest.Root, "README.md"))).Select(block => block.Groups[1].Value)];
        string examples = Assert.Single(blocks, block => block.Contains("Select-EtcdSnapshot", StringComparison.Ordinal));
        string folder = Directory.CreateDirectory(Path.Combine(Lab.Folder.Root, "readme-lists")).FullName;
        File.Copy(Lab.Folder.ClusterYml, Path.Combine(folder, "cluster.yml"), overwrite: true);
        await Lab.Hosts[0].PutAsync("key", "value");

        Pwsh run = await RunAsync(
            $"Set-Location '{folder}'\n$PSDefaultParameterValues['*-Etcd*:SshConfig'] = '{Lab.Folder.SshConfig}'\nSave-EtcdSnapshot nightly | Out-Null\n{examples}");

        Assert.Equal("", run.Error);
        Assert.Equal(3, (await File.ReadAllLinesAsync(Path.Combine(folder, "inventory.csv"))).Length);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [PwshLabFact]
    public async Task Examples_of_the_recurring_service_run_as_they_stand()
    {
        string[] blocks = [.. PowerShellBlock().Matches(await File.ReadAllTextAsync(Path.Combine(Manifest.Root, "README.md"))).Select(block => block.Groups[1].Value)];
        string examples = Assert.Single(blocks, block => block.Contains("Enable-EtcdSnapshotSchedule", StringComparison.Ordinal));
        string folder = Directory.CreateDirectory(Path.Combine(Lab.Folder.Root, "readme-schedule")).FullName;
        File.Copy(Lab.Folder.ClusterYml, Path.Combine(folder, "cluster.yml"), overwrite: true);

        Pwsh run = await RunAsync($"Set-Location '{folder}'\n$PSDefaultParameterValues['*-Etcd*:SshConfig'] = '{Lab.Folder.SshConfig}'\n{examples}");

        Assert.Equal("", run.Error);
        Assert.Equal(4, run.Output.Count(line => line.Contains(" EtcdSnapshot ", StringComparison.Ordinal)));
        Assert.Equal(2, run.Output.Count(line => line.Contains(" None ", StringComparison.Ordinal)));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [GeneratedRegex("```powershell\n(.*?)```", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex PowerShellBlock();
}
