using RkeEtcdPs.Cmdlets.Tests.Commands;
using RkeEtcdPs.Cmdlets.Tests.PowerShell;
using RkeEtcdPs.Help;
using RkeEtcdPs.Lab.Tests;
using RkeEtcdPs.PowerShell.Tests.OnHosts;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.InPwsh;

public sealed class HelpExampleTests(LabFixture fixture) : PwshTest(fixture)
{
    // In this order: the later ones work with what the earlier ones leave.
    private static readonly string[] Recovery = ["Restart-KubeComponent", "Restore-EtcdSnapshot", "Get-EtcdRestore", "Undo-EtcdRestore", "Remove-EtcdRestore"];
    private static readonly string[] Last =
        ["Enable-EtcdSnapshotSchedule", "Get-EtcdSnapshotSchedule", "Disable-EtcdSnapshotSchedule", "Remove-EtcdSnapshot"];

    [PwshLabFact]
    public Task Examples_of_saving_listing_and_testing_run() =>
        RunExamplesAsync([.. Order(Directory.GetFiles(Texts).Select(file => Path.GetFileNameWithoutExtension(file)).Except(Recovery).Except(Last)), .. Last]);

    [PwshLabFact]
    [Trait("Speed", "Long")]
    public Task Examples_of_recovery_run() => RunExamplesAsync(Recovery);

    private static string Texts => Path.Combine(Manifest.Root, "module", "help");

    // What saves comes first.
    private static IEnumerable<string> Order(IEnumerable<string> cmdlets) =>
        cmdlets.OrderByDescending(name => name.StartsWith("Save-", StringComparison.Ordinal)).ThenBy(name => name, StringComparer.Ordinal);

    private async Task RunExamplesAsync(IEnumerable<string> cmdlets)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Lab.Folder.Root, "examples-" + Guid.NewGuid().ToString("N"))).FullName;
        File.Copy(Lab.Folder.ClusterYml, Path.Combine(folder, "cluster.yml"));
        string script =
            $$"""
            Set-Location '{{folder}}'
            $PSDefaultParameterValues['*:SshConfig'] = '{{Lab.Folder.SshConfig}}'
            $ErrorActionPreference = 'Continue'
            # Nobody is there to answer.
            $ConfirmPreference = 'None'
            # That is what the examples of Restart-KubeComponent do.
            $PSDefaultParameterValues['Restore-EtcdSnapshot:NoComponentRestart'] = $true
            $PSDefaultParameterValues['Undo-EtcdRestore:NoComponentRestart'] = $true
            $saved = @(Save-EtcdSnapshot nightly -SingleSource)
            $saved[0] | Copy-EtcdSnapshot -Destination . | Out-Null
            if ('{{string.Join(' ', cmdlets)}}' -notlike '*Save-*') { Save-EtcdSnapshot before-upgrade -SingleSource | Out-Null }
            Copy-Item nightly monday.db
            Copy-Item nightly tuesday.db
            function example([string] $title, [scriptblock] $code) {
                $Error.Clear()
                # An example that selects from copies that were not verified gives nothing.
                try { . $code 2> $null 3>&1 4> $null 5> $null 6> $null | Where-Object { $_ -is [Management.Automation.WarningRecord] -and "$_" -like '* not verified*' } | ForEach-Object { "$title`: $_" } }
                catch { "$title`: $_" }
                foreach ($failure in $Error) { "$title`: $failure" }
            }

            """;
        foreach (string cmdlet in cmdlets)
        {
            foreach (CmdletExample example in CmdletText.Read(Path.Combine(Texts, cmdlet + ".md")).Examples.Where(example => example.Runs))
            {
                script += $"example '{cmdlet}, {example.Title.Replace("'", "''", StringComparison.Ordinal)}' {{\n{example.Code}\n}}\n";
            }
        }

        Pwsh run = await Pwsh.RunAsync(Variables + script + "'ran'\n", TimeSpan.FromMinutes(8));

        Assert.Equal("", run.Error);
        // What -WhatIf says goes to the console, whatever is redirected.
        string[] said = [.. run.Output.Where(line => !line.StartsWith("What if: ", StringComparison.Ordinal))];
        Assert.True(said is ["ran"], string.Join('\n', said));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }
}
