using System.Text.RegularExpressions;
using RkeEtcdPs.Cmdlets.Tests.Commands;
using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.PowerShell;

/// <summary>The tables of snapshots in a terminal of 80 columns, in a real PowerShell.</summary>
public sealed class SnapshotViewTests : IDisposable
{
    private const string Longest = "rke_etcd_snapshot_2026-01-02T03:04:05+01:00";

    // Objects as they come from hosts: with what a save and a list of such would show.
    private const string Made =
        """
        $type = (Get-Command Get-EtcdSnapshot).OutputType[0].Type
        function Snapshot([hashtable] $properties) {
            $made = [Runtime.CompilerServices.RuntimeHelpers]::GetUninitializedObject($type)
            $all = @{ ClusterName = 'lab'; Node = 'etcd-01.example.com'; Path = '/opt/rke/etcd-snapshots/x'; Size = 430000000; CreatedAt = [datetime]::UtcNow.AddHours(-30); ContentHash = 'ab' }
            foreach ($pair in $properties.GetEnumerator()) { $all[$pair.Key] = $pair.Value }
            foreach ($name in $all.Keys) {
                $value = $all[$name] -is [psobject] ? $all[$name].psobject.BaseObject : $all[$name]
                $type.GetProperty($name).SetValue($made, ($value -is [int] ? [long] $value : $value))
            }
            $made
        }
        function Listed($made) { $shown = [psobject]::AsPSObject($made); $shown.PSTypeNames.Insert(0, 'EtcdSnapshot.ListedSnapshot'); $shown }

        """;

    private readonly SnapshotFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PwshFact]
    public async Task Save_with_the_default_name_shows_whether_it_was_verified()
    {
        Pwsh run = await Pwsh.RunAsync(Made + $"Snapshot @{{ Name = '{Longest}'; Verified = $true; Duration = [timespan]::FromSeconds(95) }} | Out-String -Width 80");

        Assert.Equal("", run.Error);
        Assert.Contains(run.Output, line => line.StartsWith("Node ", StringComparison.Ordinal) && line.Contains(" Verified", StringComparison.Ordinal));
        Assert.Contains(run.Output, line => line.StartsWith($"etcd-01.example.com {Longest} True", StringComparison.Ordinal));
        Assert.All(run.Output, line => Assert.True(line.Length <= 80, line));
    }

    [PwshFact]
    public async Task List_of_a_folder_shows_where_it_is_what_each_file_is_and_what_was_verified()
    {
        _folder.Write(Longest, SnapshotFolder.Shop().Build());
        _folder.Write($".{Longest}.etcdsnapshot-0a1b2c3d.part", [1]);
        _folder.Write("empty", []);
        _folder.Write("notes", [1, 2, 3]);
        _folder.Write("before-the-upgrade-of-the-shop-on-the-second-try-of-last-tuesday", [1, 2, 3]);
        string folder = _folder.PathOf("");

        Pwsh run = await Pwsh.RunAsync($"Get-EtcdSnapshot -LiteralPath '{folder}' -Verify | Out-String -Width 80");

        Assert.Equal("", run.Error);
        string text = string.Join('\n', run.Output);
        Assert.Matches("(?m)^Place +Name +Kind +Verified", text);
        string place = Regex.Escape($"…{folder[^15..]}");
        Assert.Matches($@"(?m)^{place} {Regex.Escape(Longest)} OneTime +True", text);
        Assert.Matches($"(?m)^{place} {Regex.Escape(Longest)} Unfinished False", text);
        Assert.Matches($"(?m)^{place} before-the-upgrade-of…d-try-of-last-tuesday Foreign +False", text);
        Assert.Matches($"(?m)^{place} empty +Empty +False", text);
        Assert.Matches($"(?m)^{place} notes +Foreign +False", text);
        Assert.All(run.Output, line => Assert.True(line.Length <= 80, line));
    }

    [PwshFact]
    public async Task List_of_hosts_shows_all_that_fits_and_a_bucket_is_a_place()
    {
        Pwsh run = await Pwsh.RunAsync(Made +
            $$"""
            Listed (Snapshot @{ Node = 'node1'; Name = 'rke_etcd_snapshot_2026-01-02T03:04:05Z'; Verified = $true }) | Out-String -Width 80
            Listed (Snapshot @{ Name = '{{Longest}}'; Kind = [enum]::Parse($type.GetProperty('Kind').PropertyType, 'Recurring') }) | Out-String -Width 80
            Listed (Snapshot @{ Node = ''; Name = 'nightly'; Path = 's3://backup/etcd/nightly.zip' }) | Out-String -Width 80
            """);

        Assert.Equal("", run.Error);
        string text = string.Join('\n', run.Output);
        Assert.Contains("Cluster: lab", text, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^node1 rke_etcd_snapshot_2026-01-02T03:04:05Z OneTime True +410 MB 30 h 00 min$", text);
        Assert.Matches($@"(?m)^etcd-01\.example… {Regex.Escape(Longest)} Recurring False", text);
        Assert.Matches(@"(?m)^s3://backup/etcd nightly OneTime False +410 MB 30 h 00 min$", text);
    }

    [PwshFact]
    public async Task What_is_no_good_snapshot_has_a_colour()
    {
        _folder.Write("good", SnapshotFolder.Shop().Build());
        _folder.Write("notes", [1, 2, 3]);

        Pwsh run = await Pwsh.RunAsync($"$PSStyle.OutputRendering = 'Ansi'; foreach ($name in 'good', 'notes') {{ (Get-EtcdSnapshot $name -LiteralPath '{_folder.PathOf("")}' | Out-String).Contains($PSStyle.Formatting.Warning) }}");

        Assert.Equal("", run.Error);
        Assert.Equal(["False", "True"], run.Output);
    }
}
