using System.Text.RegularExpressions;
using RkeEtcdPs.Cmdlets.Tests.Commands;
using RkeEtcdPs.Cmdlets.Tests.PowerShell;
using RkeEtcdPs.Lab.Tests;
using RkeEtcdPs.Lab.Tests.Stores;
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
        string examples = Assert.Single(blocks, block => block.Contains("inventory.csv", StringComparison.Ordinal));
        string folder = Directory.CreateDirectory(Path.Combine(Lab.Folder.Root, "readme-lists")).FullName;
        File.Copy(Lab.Folder.ClusterYml, Path.Combine(folder, "cluster.yml"), overwrite: true);
        Directory.CreateDirectory(Path.Combine(folder, "share"));
        await Lab.Hosts[0].PutAsync("key", "value");

        Pwsh run = await RunAsync(
            $"Set-Location '{folder}'\n$PSDefaultParameterValues['*-Etcd*:SshConfig'] = '{Lab.Folder.SshConfig}'\nSave-EtcdSnapshot nightly | Out-Null\n{examples}");

        Assert.Equal("", run.Error);
        Assert.Equal(3, (await File.ReadAllLinesAsync(Path.Combine(folder, "inventory.csv"))).Length);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [PwshLabFact]
    public async Task Night_runs_as_it_stands()
    {
        string[] blocks = [.. PowerShellBlock().Matches(await File.ReadAllTextAsync(Path.Combine(Manifest.Root, "README.md"))).Select(block => block.Groups[1].Value)];
        string night = Assert.Single(blocks, block => block.Contains("$name = \"nightly-", StringComparison.Ordinal));
        await using S3Server server = await S3Server.StartAsync();
        await using FaultProxy proxy = new(server.Port, _ => null);
        string folder = Directory.CreateDirectory(Path.Combine(Lab.Folder.Root, "readme-night")).FullName;
        string bucket = $$"""
            backup_config:
              s3backupconfig: { access_key: {{S3Server.Key}}, secret_key: {{S3Server.Key}}, bucket_name: {{S3Server.Bucket}}, endpoint: {{S3Server.HostName}}, folder: lab, custom_ca: {{System.Text.Json.JsonSerializer.Serialize(server.Ca)}} }
            """;
        string cluster = await File.ReadAllTextAsync(Lab.Folder.ClusterYml);
        Assert.Contains("services:\n  etcd:\n", cluster);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "cluster.yml"), cluster.Replace("services:\n  etcd:\n", $"services:\n  etcd:\n    {bucket.ReplaceLineEndings("\n    ")}\n", StringComparison.Ordinal));
        string set = $"Set-Location '{folder}'\n$PSDefaultParameterValues['*-Etcd*:SshConfig'] = '{Lab.Folder.SshConfig}'\n$env:HTTPS_PROXY = 'http://127.0.0.1:{proxy.Port}'\n";
        // A month of nights before, on each host and in the bucket.
        await Lab.Hosts[0].PutAsync("night", "first");
        Pwsh old = await RunAsync($"{set}foreach ($time in '1 01', '2 01', '30 01', '30 02') {{ $day, $hour = -split $time; Save-EtcdSnapshot \"nightly-$((Get-Date -AsUTC).AddDays(-$day).ToString('yyyy-MM-dd'))T${{hour}}:00:00Z\" -SingleSource | Copy-EtcdSnapshot -S3 | Out-Null }}");
        Assert.Equal("", old.Error);

        Pwsh run = await RunAsync($"{set}{night}\n'--'\nGet-EtcdSnapshot -S3 | ForEach-Object Name\n'--'\nGet-EtcdSnapshot -Node node1 | ForEach-Object Name");

        Assert.Equal("", run.Error);
        string[] all = [.. run.Output];
        string[][] parts = [.. string.Join('\n', all).Split("--\n").Select(part => part.Split('\n', StringSplitOptions.RemoveEmptyEntries))];
        // Tonight's, one of each of the seven days that have one, and of the two of a month ago the later.
        Assert.Equal(4, parts[^2].Length);
        Assert.Equal(4, parts[^1].Length);
        Assert.All(parts[^2..], names => Assert.DoesNotContain(names, name => name.Contains("T01:00:00Z", StringComparison.Ordinal) && names.Contains(name.Replace("T01", "T02", StringComparison.Ordinal))));
        Assert.NotEmpty(proxy.Heads);
        Assert.All(proxy.Heads, head => Assert.StartsWith($"CONNECT {S3Server.HostName}:443 ", head));
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
