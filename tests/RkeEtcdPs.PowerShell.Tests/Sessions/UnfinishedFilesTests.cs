using RkeEtcdPs.PowerShell.Tests.Hosting;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.Sessions;

public sealed class UnfinishedFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("unfinished");
    private readonly Session _session = Session.Open();

    public UnfinishedFilesTests()
    {
        foreach (string name in (string[])["old.part", ".one.etcdsnapshot-0a1b2c3d.part", "empty", "notes.txt"])
        {
            string path = Path.Combine(_folder.FullName, name);
            File.WriteAllText(path, name == "empty" ? "" : "something");
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow - TimeSpan.FromHours(1));
        }

        File.WriteAllText(Path.Combine(_folder.FullName, "new.part"), "something");
        _session.Set("folder", _folder.FullName);
    }

    public void Dispose()
    {
        _session.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("$folder")]
    [InlineData("\"$folder/\"")]
    public void What_is_unfinished_in_a_folder_is_removed(string folder)
    {
        Run run = _session.Run($"Remove-EtcdSnapshot -Unfinished -LiteralPath {folder} -Confirm:$false");

        Assert.Null(run.Terminated);
        Assert.StartsWith("SnapshotNotRemoved", Assert.Single(run.Errors).FullyQualifiedErrorId);
        Assert.Equal(["new.part", "notes.txt"], _folder.GetFiles().Select(file => file.Name).Order());
    }

    [Fact]
    public void Folder_that_is_not_there_is_an_error()
        => Assert.NotEmpty(_session.Run("Remove-EtcdSnapshot -Unfinished -LiteralPath \"$folder/none\" -Confirm:$false").Errors);

    [Fact]
    public void Without_a_path_hosts_are_meant()
    {
        _session.Enter(_folder.FullName);

        Assert.StartsWith("ClusterConfig", _session.Catch("Remove-EtcdSnapshot -Unfinished -Confirm:$false")?.FullyQualifiedErrorId);
    }
}
