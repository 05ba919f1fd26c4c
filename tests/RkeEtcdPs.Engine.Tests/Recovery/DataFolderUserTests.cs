using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Recovery;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Recovery;

public sealed class DataFolderUserTests
{
    private const string Folder = "/var/lib/etcd";

    [Theory]
    [InlineData("etcd-old", "/usr/local/bin/etcd --name=etcd-a", "/var/lib/etcd", true, true)]
    [InlineData("etcd-old", "/usr/local/bin/etcd --name=etcd-a", "/var/lib/", true, true)]
    [InlineData("etcd-old", "\"etcd\" --name=etcd-a", "/", true, true)]
    [InlineData("agent", "/agent", "/var/lib/etcd/", true, true)]
    [InlineData("agent", "/agent", "/var/lib/etcd/member/snap", true, true)]
    [InlineData("agent", "/agent", "/var/lib/etcd", false, false)]
    [InlineData("agent", "/agent", "/var/lib", true, false)]
    [InlineData("agent", "/agent", "/var/lib/etcd2", true, false)]
    [InlineData("etcd", "/usr/local/bin/etcd", "/var/lib/etcd", true, false)]
    public void Container_counts_when_it_may_write_to_the_data_and_a_restore_does_not_stop_it(string name, string command, string source, bool writes, bool counts)
        => Assert.Equal(counts, DataFolderUser.Choose([Container(name, command, source, writes)], Folder).Count == 1);

    [Fact]
    public void Only_etcd_is_taken_for_etcd_and_what_is_ours_does_not_count()
    {
        ContainerListResponse ours = Container("etcd-restore", "sh", Folder, writes: true);
        ours.Labels = new Dictionary<string, string> { [HelperContainer.OperationLabel] = "1" };

        Assert.Equal(
            [new DataFolderUser("a", IsEtcd: true), new DataFolderUser("b", IsEtcd: false)],
            DataFolderUser.Choose([Container("b", "/opt/etcd-defrag", Folder, writes: true), ours, Container("a", "/bin/etcd", Folder, writes: true)], Folder));
    }

    private static ContainerListResponse Container(string name, string command, string source, bool writes)
        => new() { ID = "1", Names = [$"/{name}"], Command = command, Mounts = [new MountPoint { Source = source, RW = writes }] };
}
