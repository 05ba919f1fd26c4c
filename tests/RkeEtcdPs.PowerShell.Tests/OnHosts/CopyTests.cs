using RkeEtcdPs.Lab.Tests;
using RkeEtcdPs.PowerShell.Tests.Hosting;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.OnHosts;

public sealed class CopyTests(LabFixture fixture) : SessionTest(fixture), IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("copied-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task What_was_saved_is_piped_to_hosts_and_a_folder_and_its_file_back()
    {
        Session.Set("folder", _folder);

        Run there = Session.Run("Save-EtcdSnapshot nightly $lab -Node node1 -SshConfig $ssh | Copy-EtcdSnapshot -ClusterConfig $lab -SshConfig $ssh -ToNode node2 -Destination $folder").AssertQuiet();
        File.Delete(FileOf(Lab["node1"], "nightly"));
        Run back = Session.Run("[IO.FileInfo]::new(\"$folder/nightly\") | Copy-EtcdSnapshot -ClusterConfig $lab -SshConfig $ssh -ToNode node1").AssertQuiet();

        Assert.Equal([true, true], there.Property("Verified"));
        Assert.Equal(Path.Combine(_folder, "nightly"), Assert.Single(there.Property("FullName"), path => path is not null));
        Assert.Equal(["node1"], back.Property("Node"));
        Assert.Equal(await File.ReadAllBytesAsync(FileOf(Lab["node2"], "nightly")), await File.ReadAllBytesAsync(FileOf(Lab["node1"], "nightly")));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public void By_name_all_that_lack_it_get_it_and_WhatIf_changes_nothing()
    {
        Session.Run("Save-EtcdSnapshot nightly $lab -Node node1 -SshConfig $ssh").AssertQuiet();

        Assert.Empty(Session.Run("Copy-EtcdSnapshot nightly $lab -SshConfig $ssh -WhatIf").AssertQuiet().Output);
        Assert.False(File.Exists(FileOf(Lab["node2"], "nightly")));
        Assert.Contains("on target \"node2 (", Assert.Single(Session.Screen.Lines));
        Assert.Equal(["node2"], Session.Run("Copy-EtcdSnapshot nightly $lab -SshConfig $ssh").AssertQuiet().Property("Node"));
        Assert.True(File.Exists(FileOf(Lab["node2"], "nightly")));
    }

    [SkippableFact]
    public void What_came_from_another_process_is_taken_as_well()
    {
        Session.Set("folder", _folder);

        Run run = Session.Run("Save-EtcdSnapshot nightly $lab -Node node1 -SshConfig $ssh | ForEach-Object { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($_)) } | Copy-EtcdSnapshot -ClusterConfig $lab -SshConfig $ssh -Destination $folder").AssertQuiet();

        Assert.Equal([Path.Combine(_folder, "nightly")], run.Property("Path"));
    }
}
