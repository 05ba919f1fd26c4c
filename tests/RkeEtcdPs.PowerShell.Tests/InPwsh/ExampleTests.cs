using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using RkeEtcdPs.Cmdlets.Tests.Commands;
using RkeEtcdPs.Cmdlets.Tests.PowerShell;
using RkeEtcdPs.Lab.Tests;
using RkeEtcdPs.Lab.Tests.Stores;
using RkeEtcdPs.PowerShell.Tests.OnHosts;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.InPwsh;

/// <summary>The scripts in module/examples, as a scheduler would run them, in pwsh on this machine.</summary>
public sealed class ExampleTests(LabFixture fixture) : PwshTest(fixture), IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("examples-").FullName;

    // A share is there before the job is.
    private string Copies => Directory.CreateDirectory(Path.Combine(_folder, "copies")).FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [PwshLabFact]
    public async Task Recurring_snapshots_are_collected_once_proved_thinned_out_and_missed()
    {
        await EnableAsync();

        // A first run; a second one with nothing to do but to remove; one that finds all too old; two beside another, of which one finds all too old; one without a lock; one
        // without its share; and one that copies what is missing though a newer one is there.
        Pwsh run = await RunAsync(
            $$"""
            {{Job()}}
            {{Show("& $script @job")}}
            $copied = Get-Item '{{Copies}}/*/*/*_etcd'
            Copy-Item $copied[0] (Join-Path $copied[0].DirectoryName '2020-01-01T00:00:00Z_etcd')
            {{Show("& $script @job -KeepLast 1 -KeepWithin 1d")}}
            {{Show("& $script @job -MaxAge 0:0:0.001 -OnAlert { param($summary) Set-Content alert $summary.Outcome }")}}
            Get-Content alert
            $held = [IO.File]::Open($job.LockFile, 'OpenOrCreate', 'ReadWrite', 'None')
            {{Show("& $script @job")}}
            {{Show("& $script @job -MaxAge 0:0:0.001")}}
            $job.LockFile = '{{_folder}}/nowhere/lock'
            {{Show("& $script @job -OnAlert { param($summary) Set-Content alert $summary.Failures }")}}
            Get-Content alert
            $job.LockFile = '{{_folder}}/lock2'
            $job.Destination = '{{_folder}}/unmounted'
            {{Show("& $script @job")}}
            $job.Destination = '{{Copies}}'
            Remove-Item $copied[0]
            Copy-Item $copied[1] (Join-Path $copied[0].DirectoryName ((Get-Date).ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss') + 'Z_etcd'))
            {{Show("& $script @job")}}
            """);

        Assert.Equal("", run.Error);
        Assert.False(Directory.Exists(Path.Combine(_folder, "unmounted")));
        Summary[] summaries = Read(run);
        Assert.Equal([("Succeeded", 0), ("Succeeded", 0), ("Stale", 2), ("AnotherRunIsUnderWay", 3), ("Stale", 2), ("Failed", 1), ("Failed", 1), ("Succeeded", 0)], summaries.Select(summary => (summary.Outcome, summary.ExitCode)));
        Assert.Equal([(2, 2, 0), (2, 0, 1), (2, 0, 0), (0, 0, 0), (0, 0, 0), (0, 0, 0), (2, 0, 0), (2, 1, 0)], summaries.Select(summary => (summary.Found, summary.Copied, summary.Removed)));
        Assert.Equal(["0", "0", "2", "3", "2", "1", "1", "0"], run.Output.Where(line => line.StartsWith("exit ", StringComparison.Ordinal)).Select(line => line[5..]));
        Assert.Contains("Stale", run.Output);
        Assert.Contains(run.Output, line => line.Contains("nowhere", StringComparison.Ordinal) && !line.StartsWith('{'));
        Assert.Equal(3, Directory.GetFiles(Copies, "*", SearchOption.AllDirectories).Length);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [PwshLabFact]
    public async Task Zips_of_RKE_are_collected_too_and_a_damaged_copy_is_replaced()
    {
        await EnableAsync();
        // As RKE 1.x leaves it; its content is known only when it is read.
        string recurring = Assert.Single(Directory.GetFiles(Lab.Hosts[0].SnapshotFolder, "*_etcd"));
        string name = DateTime.UtcNow.AddMinutes(-5).ToString("yyyy-MM-dd'T'HH:mm:ss'Z_etcd.zip'", System.Globalization.CultureInfo.InvariantCulture);
        using (ZipArchive zip = ZipFile.Open(Path.Combine(Lab.Hosts[0].SnapshotFolder, name), ZipArchiveMode.Create))
        {
            zip.CreateEntryFromFile(recurring, "backup/" + name[..^4]);
        }

        // A first run; one that finds a damaged copy and replaces it; one with nothing to do, with its own lock; and one beside that lock whose time nobody understands.
        Pwsh run = await RunAsync(
            $$"""
            {{Job()}}
            {{Show("& $script @job")}}
            $copy = Get-Item '{{Copies}}/lab/node1/{{Path.GetFileName(recurring)}}'
            $bytes = [IO.File]::ReadAllBytes($copy)
            $bytes[9000] = $bytes[9000] -bxor 1
            [IO.File]::WriteAllBytes($copy, $bytes)
            {{Show("& $script @job")}}
            $held = [IO.File]::Open($job.LockFile, 'OpenOrCreate', 'ReadWrite', 'None')
            $job.Remove('LockFile')
            {{Show("& $script @job -KeepWithin 1.5h")}}
            {{Show("& $script @job -KeepWithin soon -OnAlert { param($summary) Set-Content alert $summary.Outcome }")}}
            Get-Content alert
            """);

        Assert.Equal("", run.Error);
        Summary[] summaries = Read(run);
        Assert.Equal([("Succeeded", 3, 3), ("Failed", 3, 1), ("Succeeded", 3, 0), ("Failed", 0, 0)], summaries.Select(summary => (summary.Outcome, summary.Found, summary.Copied)));
        Assert.Contains(summaries[1].Failures, failure => failure.Contains(Path.GetFileName(recurring), StringComparison.Ordinal));
        Assert.Contains(summaries[3].Failures, failure => failure.Contains("soon", StringComparison.Ordinal));
        Assert.Contains("Failed", run.Output);
        Assert.True(File.Exists(Path.Combine(Copies, "lab", "node1", name)));
        Assert.Equal(await File.ReadAllBytesAsync(recurring), await File.ReadAllBytesAsync(Path.Combine(Copies, "lab", "node1", Path.GetFileName(recurring))));
    }

    [PwshLabFact]
    public async Task Host_that_fails_is_told_the_others_are_copied_and_nothing_is_removed()
    {
        await EnableAsync();
        Assert.Equal("", (await RunAsync($"{Job()}\n{Show("& $script @job")}")).Error);
        string copy = Assert.Single(Directory.GetFiles(Path.Combine(Copies, "lab", "node1")));
        string old = Path.Combine(Copies, "lab", "node1", "2020-01-01T00:00:00Z_etcd");
        File.Move(copy, old);
        await Lab.Hosts[1].KillDockerdAsync();

        Pwsh run = await RunAsync($"{Job()}\n{Show("& $script @job -KeepLast 1 -KeepWithin 1d -OnAlert { param($summary) throw 'no network' }")}");

        Assert.True(File.Exists(old));
        Summary summary = Assert.Single(Read(run));
        Assert.Equal(("Failed", 1, 1, 0), (summary.Outcome, summary.ExitCode, summary.Copied, summary.Removed));
        Assert.Contains(summary.Failures, failure => failure.Contains("node2", StringComparison.Ordinal));
        Assert.Contains("The alert itself failed: no network", summary.Failures);
    }

    [PwshLabFact]
    public async Task Snapshot_is_saved_and_goes_to_a_bucket_and_a_folder()
    {
        await using S3Server server = await S3Server.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(_folder, "ca.pem"), server.Ca);
        string connection = $"@{{ Endpoint = '127.0.0.1:{server.Port}'; CaCertificate = '{_folder}/ca.pem'; Credential = [pscredential]::new('{S3Server.Key}', (ConvertTo-SecureString {S3Server.Key} -AsPlainText -Force)) }}";

        Pwsh run = await RunAsync(
            $$"""
            {{Job()}}
            $s3 = {{connection}}
            {{Show($"& $script @job -Save -Uri s3://{S3Server.Bucket}/backup -S3 $s3")}}
            (Get-EtcdSnapshot -Uri s3://{{S3Server.Bucket}}/backup @s3).Count
            """);

        Assert.Equal("", run.Error);
        Summary summary = Assert.Single(Read(run));
        Assert.Equal(("Succeeded", 0, 2, 2), (summary.Outcome, summary.ExitCode, summary.Found, summary.Copied));
        Assert.Equal(2, summary.NewestGood.Length);
        Assert.Single(server.Stored, name => name.StartsWith("rke_etcd_snapshot_", StringComparison.Ordinal) && name.EndsWith("object", StringComparison.Ordinal));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [PwshLabFact]
    public async Task Task_of_Windows_and_runbook_of_Azure_run_the_same_job()
    {
        await EnableAsync();

        // What Azure gives to runbooks on its workers, by the names that it has there.
        Pwsh run = await RunAsync(
            $$"""
            {{Job()}}
            function Get-AutomationVariable([string] $Name) {
                switch ($Name) {
                    EtcdClusterConfig { Get-Content -Raw $lab }
                    EtcdDestination { '{{Copies}}' }
                    default { throw "$Name is not there" }
                }
            }
            function Get-AutomationPSCredential([string] $Name) { throw "$Name is not there" }
            (& '{{Examples}}/Start-EtcdBackupRunbook.ps1' -SshConfig $ssh) | ConvertTo-Json -Depth 4 -Compress
            try { & '{{Examples}}/Start-EtcdBackupRunbook.ps1' -SshConfig $ssh -MaxAge 0:0:0.001 | Out-Null } catch { "job failed: $_" }

            {{Show($"& '{Examples}/Register-EtcdBackupTask.ps1' -Run -Arguments $job -LogFile '{_folder}/log/backup.log'")}}
            (Get-Content '{{_folder}}/log/backup.log' | ConvertFrom-Json).Outcome
            try { & '{{Examples}}/Register-EtcdBackupTask.ps1' -Arguments $job } catch { "register: $_" }
            """);

        Assert.Equal("", run.Error);
        Assert.Equal([("Succeeded", 2), ("Succeeded", 0)], Read(run).Select(summary => (summary.Outcome, summary.Copied)));
        Assert.Contains(run.Output, line => line.StartsWith("job failed: Stale", StringComparison.Ordinal));
        Assert.Contains("Succeeded", run.Output);
        Assert.Contains(run.Output, line => line.StartsWith("register: There is no Task Scheduler here", StringComparison.Ordinal));
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(Path.GetTempPath()), path => path.Contains("etcdsnapshot-runbook-", StringComparison.Ordinal));
    }

    [PwshLabFact]
    public async Task Lines_of_the_timer_and_of_cron_run_as_they_stand()
    {
        await EnableAsync();
        await using S3Server server = await S3Server.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(_folder, "ca.pem"), server.Ca);
        await File.WriteAllTextAsync(Path.Combine(_folder, "alert"), $"#!/bin/sh\ncat >'{_folder}/alerted'\n");
        File.SetUnixFileMode(Path.Combine(_folder, "alert"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string[] unit = await File.ReadAllLinesAsync(Path.Combine(Examples, "etcdsnapshot-backup.service"));
        string timer = Assert.Single(unit, line => line.StartsWith("ExecStart=", StringComparison.Ordinal))["ExecStart=".Length..];
        string cron = Assert.Single(unit, line => line.Contains(" etcdbackup  pwsh ", StringComparison.Ordinal));
        string set = $"export AWS_ACCESS_KEY_ID={S3Server.Key} AWS_SECRET_ACCESS_KEY={S3Server.Key} HOME={_folder} NO_COLOR=1 TMPDIR={_folder}";

        (int Code, string Text) first = await ShellAsync($"{set}\n{Here(timer)}");
        (int Code, string Text) second = await ShellAsync($"{set}\n{Here(cron[cron.IndexOf("pwsh", StringComparison.Ordinal)..])}");
        Assert.False(File.Exists(Path.Combine(_folder, "alerted")));
        // A file that is gone does not keep the other clusters from being looked after.
        (int Code, string Text) half = await ShellAsync($"{set}\n{Here(timer.Replace("/etc/rke/cluster.yml", $"/etc/rke/cluster.yml,{_folder}/gone.yml", StringComparison.Ordinal))}");
        Assert.True(half.Code == 1, half.Text);
        Assert.Contains("gone.yml", half.Text, StringComparison.Ordinal);
        Assert.Matches(@"Found\s*:\s*2", half.Text);
        File.Delete(Path.Combine(_folder, "alerted"));
        (int Code, string Text) late = await ShellAsync($"{set}\n{Here(timer.Replace("-MaxAge 26h", "-MaxAge 0:0:0.001", StringComparison.Ordinal))}");

        Assert.True((first.Code, second.Code, late.Code) == (0, 0, 2), $"{first.Text}\n{second.Text}\n{late.Text}");
        Assert.Equal(2, Directory.GetFiles(Copies, "*", SearchOption.AllDirectories).Length);
        Assert.Equal(2, server.Stored.Count(name => name.Contains("_etcd", StringComparison.Ordinal) && name.EndsWith("object", StringComparison.Ordinal)));
        Assert.Equal("Stale", JsonSerializer.Deserialize<Summary>(await File.ReadAllTextAsync(Path.Combine(_folder, "alerted")))?.Outcome);

        string Here(string line) => line
            .Replace("/opt/etcdsnapshot/module/examples", Examples, StringComparison.Ordinal)
            .Replace("/etc/rke/cluster.yml", Lab.Folder.ClusterYml, StringComparison.Ordinal)
            .Replace("/etc/rke/ssh_config", Lab.Folder.SshConfig, StringComparison.Ordinal)
            .Replace("/mnt/nas/etcd", Copies, StringComparison.Ordinal)
            .Replace("/etc/etcdsnapshot/alert", Path.Combine(_folder, "alert"), StringComparison.Ordinal)
            .Replace("%t/etcdsnapshot-backup/", _folder + "/", StringComparison.Ordinal)
            .Replace("s3://backup/", $"s3://{S3Server.Bucket}/", StringComparison.Ordinal)
            .Replace("Endpoint=minio.example.com:9000,ProfileName=etcd", $"Endpoint=127.0.0.1:{server.Port},CaCertificate={_folder}/ca.pem", StringComparison.Ordinal);
    }

    [PwshLabFact]
    public async Task Texts_that_mean_nothing_are_refused_and_a_lock_of_another_user_is_told_as_such()
    {
        string job = $"pwsh -NoProfile -NonInteractive -File '{Examples}/Backup-EtcdCluster.ps1' -ClusterConfig '{Lab.Folder.ClusterYml}' -Destination '{Copies}'";
        await File.WriteAllTextAsync(Path.Combine(_folder, "lock"), "");
        (int Code, string Text) run = await ShellAsync(
            $"""
            export NO_COLOR=1
            {job} -LockFile {_folder}/a -S3 Endpont=x
            {job} -LockFile {_folder}/a -S3 Credential=x
            {job} -LockFile {_folder}/a -Connection nothing
            {job} -LockFile {_folder}/a -OnAlert {_folder}/nowhere -Connection SshConfig={_folder}/nowhere
            chown daemon '{_folder}/lock'
            # As whoever is not root: what is another's is closed to it.
            exec setpriv --bounding-set=-dac_override,-dac_read_search --inh-caps=-dac_override,-dac_read_search {job} -LockFile {_folder}/lock
            """);

        string text = string.Join(' ', run.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(1, run.Code);
        Assert.All(
            (string[])["Copy-EtcdSnapshot has no parameter Endpont", "Credential cannot be given as a text", "'nothing' is not as Name=value", "is neither a script nor a program", "to use as ssh_config"],
            said => Assert.Contains(said.Replace(" ", "", StringComparison.Ordinal), text.Replace(" ", "", StringComparison.Ordinal)));
        Assert.Contains("belongstoanotheruser,daemon:thejobwasrunhereasthatone", text.Replace(" ", "", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFiles(Copies));
    }

    private static async Task<(int Code, string Text)> ShellAsync(string script)
    {
        ProcessStartInfo start = new("sh", ["-c", $"exec 2>&1\n{script}"]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        using Process shell = Process.Start(start)!;
        shell.StandardInput.Close();
        string text = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return (shell.ExitCode, text);
    }

    private static string Examples => Path.Combine(Manifest.Root, "module", "examples");

    private async Task EnableAsync()
    {
        Pwsh enabled = await RunAsync(
            """
            # Not in the same second: the members of a new cluster hold the same bytes, and snapshots of the same name would be one.
            foreach ($node in 'node1', 'node2') {
                Enable-EtcdSnapshotSchedule $lab -SshConfig $ssh -Node $node -Creation 12h -JitterSeconds 0 | Out-Null
                while (@(Get-EtcdSnapshotSchedule $lab -SshConfig $ssh -Node $node | Where-Object Count -eq 0).Count) { Start-Sleep -Milliseconds 200 }
            }
            """);
        Assert.Equal("", enabled.Error);
    }

    private string Job() => $"$script = '{Examples}/Backup-EtcdCluster.ps1'; $job = @{{ ClusterConfig = $lab; Destination = '{Copies}'; Connection = @{{ SshConfig = $ssh }}; LockFile = '{_folder}/lock' }}";

    private static string Show(string command) => $"{command} | ConvertTo-Json -Depth 4 -Compress; \"exit $LASTEXITCODE\"";

    private static Summary[] Read(Pwsh run) => [.. run.Output.Where(line => line.StartsWith('{')).Select(line => JsonSerializer.Deserialize<Summary>(line)!)];

    private sealed record Summary(string Outcome, int ExitCode, int Found, int Copied, int Removed, JsonElement[] NewestGood, string[] Failures);
}
