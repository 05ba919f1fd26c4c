using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Snapshots;

public sealed class SnapshotFileFailureTests
{
    private const string File = "/snapshots/a.db";

    public static TheoryData<Exception, string, FailureCategory> Failures() => new()
    {
        { new FileNotFoundException(), "SnapshotNotFound", FailureCategory.ObjectNotFound },
        { new DirectoryNotFoundException(), "SnapshotNotFound", FailureCategory.ObjectNotFound },
        { new UnauthorizedAccessException("no"), "SnapshotUnreadable", FailureCategory.PermissionDenied },
        { new IOException("broken"), "SnapshotUnreadable", FailureCategory.ResourceUnavailable },
        { new SnapshotCorruptException("odd", 3, 12288), "SnapshotCorrupt", FailureCategory.InvalidData },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Every_failure_of_a_file_names_the_file_and_says_what_to_do(Exception thrown, string id, FailureCategory category)
    {
        EtcdSnapshotException failure = SnapshotFileFailure.From(File, thrown)!;

        Assert.Equal((id, category), (failure.Id, failure.Category));
        Assert.Contains(File, failure.Message, StringComparison.Ordinal);
        Assert.NotEmpty(failure.Advice);
    }

    [Fact]
    public void A_folder_is_no_snapshot() =>
        Assert.IsType<SnapshotNotFoundException>(SnapshotFileFailure.From(Path.GetTempPath(), new UnauthorizedAccessException()));

    [Fact]
    public void What_has_nothing_to_do_with_the_file_is_left_alone() =>
        Assert.Null(SnapshotFileFailure.From(File, new OperationCanceledException()));
}
