using System.IO.Compression;
using System.Text;
using RkeEtcdPs.Engine.Tests.SnapshotFile;
using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.PowerShell;

/// <summary>The cmdlets that read snapshot files, in a real PowerShell and on files of a real etcd.</summary>
public sealed class SnapshotFileTests
{
    private const string ErrorIds = "ForEach-Object { $_.FullyQualifiedErrorId.Split(',')[0] }";

    [SkippableFact]
    public async Task Figures_are_those_of_etcd_and_damage_is_an_object_and_an_error()
    {
        await using RealEtcd etcd = await StartAsync();
        string old = await etcd.SaveAsync("old.db");
        long hash = (await etcd.StatusAsync(old)).GetProperty("hash").GetInt64();
        byte[] file = await File.ReadAllBytesAsync(old);
        await File.WriteAllBytesAsync(etcd.PathOf("cut.db"), file[..(file.Length / 2)]);
        await File.WriteAllBytesAsync(etcd.PathOf("database"), file[..^32]);
        file[file.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(etcd.PathOf("flipped.db"), file);
        await ZipAsync(old, etcd.PathOf("rke.zip"));

        Pwsh run = await RunAsync(etcd,
            $$"""
            $check = Test-EtcdSnapshot ./old.db
            "$($check.Integrity) $($check.Path -eq '{{old}}') $($check.LiveKeyCount) $($check.StatusHash) $($check.Members.Name) $($check.AuthEnabled)"
            (Test-EtcdSnapshot *.db, *.zip, none.db -ErrorAction SilentlyContinue -ErrorVariable failed).Integrity -join ' '
            $failed | {{ErrorIds}}
            ($failed.TargetObject | Split-Path -Leaf) -join ' '
            (Get-ChildItem *.db, *.zip | Test-EtcdSnapshot -Quiet) -join ' '
            (Get-ChildItem old.db, *.zip | Test-EtcdSnapshot -Quiet) -join ' '
            (Test-EtcdSnapshot database).Integrity
            (Test-EtcdSnapshot database, none.db -Quiet -ErrorAction SilentlyContinue -ErrorVariable failed) -join ' '; $failed.Count
            try { Test-EtcdSnapshot flipped.db -ErrorAction Stop | Out-Null } catch { "stopped: $($_.CategoryInfo.Category)" }
            """);

        Assert.Equal("", run.Error);
        Assert.Equal(
            [
                $"Sound True 5 {hash:x} etcd-test False",
                "Corrupt Corrupt Sound Sound",
                "SnapshotCorrupt", "SnapshotCorrupt", "SnapshotNotFound",
                "cut.db flipped.db none.db",
                "False", "True",
                "Unknown",
                "False", "1",
                "stopped: InvalidData",
            ],
            run.Output);
    }

    [SkippableFact]
    public async Task Paths_are_those_of_the_session_and_brackets_can_be_literal()
    {
        await using RealEtcd etcd = await StartAsync();
        File.Copy(await etcd.SaveAsync("1.db"), etcd.PathOf("[1].db"));

        Pwsh run = await RunAsync(etcd,
            """
            $folder = (Get-Location).Path
            (Test-EtcdSnapshot -LiteralPath '[1].db').Path | Split-Path -Leaf
            (Get-ChildItem -LiteralPath '[1].db' | Test-EtcdSnapshot).Path | Split-Path -Leaf
            (Test-EtcdSnapshot '[0-9].db').Path | Split-Path -Leaf
            (Compare-EtcdSnapshot '[1].db' 1.db | Measure-Object).Count
            New-PSDrive snaps FileSystem $folder | Out-Null
            Set-Location /
            Test-EtcdSnapshot snaps:/1.db -Quiet
            "$folder/1.db" | Test-EtcdSnapshot -Quiet
            [pscustomobject]@{ FullName = "$folder/1.db" } | Test-EtcdSnapshot -Quiet
            ([pscustomobject]@{ FullName = "$folder/1.db" } | Get-EtcdSnapshotContent -Summary).Snapshot | Split-Path -Leaf
            try { Test-EtcdSnapshot env:PATH } catch { "$_" }
            """);

        Assert.Equal("", run.Error);
        Assert.Equal(
            ["[1].db", "[1].db", "1.db", "0", "True", "True", "True", "1.db", "'env:PATH' is not a path in the file system."],
            run.Output);
    }

    [SkippableFact]
    public async Task Contents_are_filtered_and_secrets_are_shown_only_after_a_yes()
    {
        await using RealEtcd etcd = await StartAsync();
        await etcd.SaveAsync("old.db");

        Pwsh run = await RunAsync(etcd,
            """
            (Get-EtcdSnapshotContent old.db).Name -join ' '
            (Get-EtcdSnapshotContent old.db -Kind Deploy*, ippool -Name '[c-w]*').Kind -join ' '
            (Get-EtcdSnapshotContent old.db -AtRevision 3).Count
            (Get-EtcdSnapshotContent old.db -Value -Kind IPPool).Value.spec.cidr
            (Get-EtcdSnapshotContent old.db -Value -Kind Secret -Confirm:$false).Data.password
            $held = Get-EtcdSnapshotContent old.db -Value -Raw -Kind Secret -WhatIf
            "$($null -eq $held.Data) $($null -eq $held.Raw)"
            try { Get-EtcdSnapshotContent old.db -Value -Kind Secret } catch { 'asked' }
            (Get-EtcdSnapshotContent old.db -Raw -Kind Secret -WarningVariable odd -WarningAction SilentlyContinue).Raw -eq $null; $odd.Count
            (Get-EtcdSnapshotContent old.db -Raw -Kind Deployment).Raw.GetType().Name
            (Get-EtcdSnapshotContent old.db -Value -Raw -Kind Secret -Confirm:$false | Where-Object { $_.Raw.Length -eq $_.Size }).Name
            (Get-Item old.db, old.db | Get-EtcdSnapshotContent -Summary -Kind Pod).Bytes -join ' '
            (Get-EtcdSnapshotContent old.db | Select-Object -First 1).Name
            try { Get-EtcdSnapshotContent old.db -Raw -Summary } catch { $_.FullyQualifiedErrorId.Split(',')[0] }
            (TabExpansion2 'Get-EtcdSnapshotContent x -Kind Sec' 35).CompletionMatches.CompletionText
            """);

        Assert.Equal("", run.Error);
        Assert.Equal(
            ["pool api settings db web", "IPPool Deployment", "2", "10.42.0.0/16", "horse"],
            run.Output[..5]);
        Assert.Equal("What if: Performing the operation \"Show the secret value\" on target \"/registry/secrets/shop/db\".", run.Output[5]);
        Assert.Equal(["True True", "asked", "True", "1", "Byte[]", "db", "26 26", "pool", "AmbiguousParameterSet", "Secret"], run.Output[6..]);
    }

    [SkippableFact]
    public async Task Differences_are_told_and_everything_has_a_view_even_in_strict_mode()
    {
        await using RealEtcd etcd = await StartAsync();
        await etcd.SaveAsync("old.db");
        await etcd.PutAsync("/registry/deployments/shop/web", Proto.Kubernetes("apps/v1", "Deployment", [9, 9]));
        await etcd.DeleteAsync("/registry/secrets/shop/db");
        await etcd.PutAsync("/registry/pods/shop/p", [1]);
        await etcd.SaveAsync("new.db");

        Pwsh run = await RunAsync(etcd,
            """
            Set-StrictMode -Version Latest
            Compare-EtcdSnapshot old.db new.db | ForEach-Object { "$($_.SideIndicator) $($_.Change) $($_.Kind) $($_.Name)" }
            (Get-Item new.db | Compare-EtcdSnapshot old.db -Kind Pod).Name
            Compare-EtcdSnapshot old.db new.db | Out-String -Width 80
            Compare-EtcdSnapshot old.db new.db | Format-List | Out-String -Width 120
            Test-EtcdSnapshot old.db | Out-String -Width 80
            Test-EtcdSnapshot old.db | Format-List | Out-String -Width 120
            Get-EtcdSnapshotContent old.db | Out-String -Width 80
            Get-EtcdSnapshotContent old.db -Value -Confirm:$false | Format-List | Out-String -Width 120
            Get-EtcdSnapshotContent old.db -Summary | Out-String -Width 120
            """);

        Assert.Equal("", run.Error);
        Assert.Equal(["<> Changed Deployment web", "=> Added Pod p", "<= Removed Secret db", "p"], run.Output[..4]);
        string text = string.Join('\n', run.Output);
        foreach (string shown in (string[])["2 -> 7", "(total keys of etcd 3.6 and later)", "Deployment", "Data", "password", "Biggest", "etcd-test"])
        {
            Assert.Contains(shown, text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("horse", text, StringComparison.Ordinal);
    }

    private static async Task<RealEtcd> StartAsync()
    {
        Skip.If(Pwsh.Executable is null, "pwsh is not on PATH.");
        RealEtcd etcd = await RealEtcd.StartAsync();
        await etcd.PutAsync("/registry/deployments/shop/web", Proto.Kubernetes("apps/v1", "Deployment", [1, 2, 3]));
        await etcd.PutAsync("/registry/secrets/shop/db", Proto.Kubernetes("v1", "Secret", Entry("password", "horse")));
        await etcd.PutAsync("/registry/configmaps/shop/settings", Proto.Kubernetes("v1", "ConfigMap", Entry("level", "info")));
        await etcd.PutAsync("/registry/pods/shop/api", Encoding.ASCII.GetBytes("k8s:enc:aescbc:v1:key1:abc"));
        await etcd.PutAsync(
            "/registry/crd.projectcalico.org/ippools/pool",
            Encoding.UTF8.GetBytes("""{"apiVersion":"crd.projectcalico.org/v1","kind":"IPPool","spec":{"cidr":"10.42.0.0/16"}}"""));
        return etcd;
    }

    private static Task<Pwsh> RunAsync(RealEtcd etcd, string script) => Pwsh.RunAsync($"Set-Location '{etcd.PathOf(".")}'\n{script}");

    private static byte[] Entry(string name, string text) => Proto.Bytes(2, [.. Proto.Text(1, name), .. Proto.Text(2, text)]);

    private static async Task ZipAsync(string path, string zip)
    {
        using ZipArchive archive = ZipFile.Open(zip, ZipArchiveMode.Create);
        await using Stream entry = archive.CreateEntry("/backup/old").Open();
        await entry.WriteAsync(await File.ReadAllBytesAsync(path));
    }
}
