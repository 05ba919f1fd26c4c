using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Members;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Snapshots;

public sealed class SaveTranscriptTests
{
    private static readonly RkeNode Node = new() { ClusterName = "c", Name = "n1", Address = "192.0.2.1", InternalAddress = "192.0.2.1", Roles = NodeRoles.Etcd };

    private static readonly string Hash = new('a', 64);

    private readonly SaveTranscript _transcript = new(Node, "nightly");

    [Fact]
    public void Complete_transcript_gives_the_snapshot()
    {
        Print("total 20480", "bytes 4096", "bytes 20512", "phase verifying", $"saved 20512 1700000000 {Hash}", """status {"hash":1,"revision":7,"totalKey":12,"totalSize":20480}""");

        EtcdSnapshot snapshot = _transcript.Conclude(0, TimeSpan.FromSeconds(2));

        Assert.Equal((20512, 7, 12, Hash), (snapshot.Size, snapshot.Revision, snapshot.KeyCount, snapshot.ContentHash));
        Assert.Equal(new DateTime(2023, 11, 14, 22, 13, 20, DateTimeKind.Utc), snapshot.CreatedAt);
        Assert.True(snapshot.Verified);
        Assert.Equal("/opt/rke/etcd-snapshots/nightly", snapshot.Path);
    }

    [Fact]
    public void Folder_of_the_name_is_no_reason_to_use_Force()
    {
        Print("failed SnapshotExists it is a folder");

        Assert.Contains("-Force neither", Assert.Throws<SnapshotExistsException>(() => _transcript.Conclude(3, TimeSpan.Zero)).Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there 20 1700000000 HASH 12:0a", true, "12:0a", false)]
    [InlineData("there 20 1700000000 HASH -", true, null, false)]
    [InlineData("there 20 1700000000 - 12:0a", false, "12:0a", false)]
    [InlineData("there 20 1700000000 HASH", true, null, false)]
    [InlineData("there 20 1700000000 ", false, null, false)]
    [InlineData("folder", false, null, true)]
    public void Look_tells_what_lies_there(string line, bool whole, string? state, bool folder)
    {
        SnapshotFolderLook look = SnapshotFolderLook.Add(SnapshotFolderLook.Add(null, "free 4096"), line.Replace("HASH", Hash, StringComparison.Ordinal))!;

        Assert.Equal((4096L, whole ? Hash : null, state, folder), (look.Free, look.Trailer, look.State, look.IsFolder));
    }

    [Fact]
    public void Exit_code_0_without_a_file_is_a_failure()
    {
        Print("total 20480");

        Assert.Throws<EtcdUnhealthyException>(() => _transcript.Conclude(0, TimeSpan.Zero));
    }

    [Fact]
    public void Saved_file_with_a_failing_exit_code_is_a_failure()
    {
        Print($"saved 20512 1700000000 {Hash}", """status {"hash":1,"revision":7,"totalKey":12,"totalSize":20480}""");

        Assert.Throws<EtcdUnhealthyException>(() => _transcript.Conclude(1, TimeSpan.Zero));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"revision":7}""")]
    [InlineData("not json")]
    [InlineData("""{"revision":"x","totalKey":1}""")]
    public void Status_that_says_nothing_is_a_failure(string status)
    {
        Print($"saved 20512 1700000000 {Hash}", $"status {status}");

        Assert.Throws<EtcdUnhealthyException>(() => _transcript.Conclude(0, TimeSpan.Zero));
    }

    [Theory]
    [InlineData("abcd")]
    [InlineData("")]
    public void Hash_that_is_none_is_a_failure(string hash)
    {
        Print($"saved 20512 1700000000 {hash}", """status {"hash":1,"revision":7,"totalKey":12,"totalSize":20480}""");

        Assert.Throws<EtcdUnhealthyException>(() => _transcript.Conclude(0, TimeSpan.Zero));
    }

    [Fact]
    public void Full_disk_that_etcdctl_names_is_not_called_an_unhealthy_member()
    {
        _transcript.Add(new ContainerLine("Error: write /backup/.x.part: no space left on device", IsError: true));
        Print("failed EtcdUnhealthy");

        Assert.Throws<NotEnoughDiskException>(() => _transcript.Conclude(3, TimeSpan.Zero));
    }

    [Fact]
    public void Facts_are_not_taken_from_standard_error()
    {
        _transcript.Add(new ContainerLine("saved 1 1 abcd", IsError: true));

        Assert.Throws<EtcdUnhealthyException>(() => _transcript.Conclude(0, TimeSpan.Zero));
    }

    [Fact]
    public void Etcdctls_last_plain_words_are_the_cause()
    {
        _transcript.Add(new ContainerLine("""{"level":"warn","msg":"retrying"}""", IsError: true));
        _transcript.Add(new ContainerLine("Error: context deadline exceeded", IsError: true));
        Print("failed EtcdUnhealthy");

        Assert.Contains("Error: context deadline exceeded", Assert.Throws<EtcdUnhealthyException>(() => _transcript.Conclude(3, TimeSpan.Zero)).Message);
    }

    [Fact]
    public void End_without_a_word_is_a_kill_and_not_etcds_fault()
    {
        Print("total 20480");

        Assert.Throws<HelperKilledException>(() => _transcript.Conclude(137, TimeSpan.Zero));
    }

    [Theory]
    [InlineData("failed NotEnoughDisk 5000 1000", typeof(NotEnoughDiskException))]
    [InlineData("failed NotEnoughDisk 5000 0", typeof(NotEnoughDiskException))]
    [InlineData("failed SnapshotCorrupt its size is wrong", typeof(SnapshotCorruptException))]
    [InlineData("failed SnapshotMismatch its bytes differ", typeof(SnapshotMismatchException))]
    [InlineData("failed SnapshotExists it is a folder", typeof(SnapshotExistsException))]
    [InlineData("failed StoreFailed ln: not permitted", typeof(StoreUnavailableException))]
    [InlineData("failed ToolsUnsuitable it computed no SHA-256", typeof(ImageMissingException))]
    [InlineData("failed EtcdUnhealthy it sulks", typeof(EtcdUnhealthyException))]
    public void Each_failure_has_its_type(string line, Type type)
    {
        Print(line);

        Assert.Equal(type, Record.Exception(() => _transcript.Conclude(3, TimeSpan.Zero))?.GetType());
    }

    private void Print(params string[] lines)
    {
        foreach (string line in lines)
        {
            _transcript.Add(new ContainerLine(line, IsError: false));
        }
    }
}
