using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;
using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.Plumbing;

public sealed class ProgressBoardTests
{
    private readonly SteppingTime _time = new();
    private readonly ProgressBoard _board;

    public ProgressBoardTests() => _board = new ProgressBoard(_time);

    [Fact]
    public void Bytes_move_a_bar_at_most_five_times_a_second()
    {
        int shown = 0;
        for (int i = 0; i < 1000; i++)
        {
            shown += _board.Show(Reading(i)) is null ? 0 : 1;
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(5, shown);
    }

    [Fact]
    public void A_new_step_and_the_end_show_at_once()
    {
        Assert.NotNull(_board.Show(Reading(1)));
        Assert.Null(_board.Show(Reading(2)));
        Assert.NotNull(_board.Show(Reading(2) with { Status = "verifying" }));
        Assert.True(_board.Show(Reading(1000) with { Status = "verifying", Completed = true })!.Completed);
    }

    [Fact]
    public void Each_host_keeps_its_own_bar()
    {
        int first = _board.Show(Reading(1))!.Id;
        int second = _board.Show(Reading(1) with { Node = "node2" })!.Id;
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.NotEqual(first, second);
        Assert.Equal(first, _board.Show(Reading(2))!.Id);
    }

    [Fact]
    public void Hosts_of_one_name_in_two_clusters_keep_bars_of_their_own()
    {
        RkeNode[] twins = [.. ((string[])["10.0.0.1", "10.0.1.1"]).Select(address => ClusterFile.Parse(ClusterYaml.Lab.Replace("10.0.0.1", address, StringComparison.Ordinal)).Nodes[0])];

        Assert.NotEqual(_board.Show(Reading(1) with { Host = twins[0] })!.Id, _board.Show(Reading(1) with { Host = twins[1] })!.Id);
    }

    [Fact]
    public void A_refresh_shows_the_bytes_that_came_too_soon()
    {
        _board.Show(Reading(1));
        _board.Show(Reading(500));
        _board.Show(Reading(1) with { Node = "node2", Completed = true });

        ProgressUpdate bar = Assert.Single(_board.Refresh());
        Assert.Equal(("node1: Saving nightly", 50, false), (bar.Activity, bar.Percent, bar.Completed));
    }

    [Fact]
    public void A_bar_that_stands_still_is_drawn_again_only_until_the_console_has_it()
    {
        _board.Show(Reading(1));

        Assert.Single(_board.Refresh());
        Assert.Single(_board.Refresh());
        Assert.Empty(_board.Refresh());
        _board.Show(Reading(2));
        Assert.Single(_board.Refresh());
        Assert.Single(_board.Close());
    }

    [Fact]
    public void Closing_takes_down_only_the_bars_that_are_up()
    {
        _board.Show(Reading(1));
        _board.Show(Reading(1) with { Node = "node2", Completed = true });

        ProgressUpdate last = Assert.Single(_board.Close());

        Assert.Equal(("node1: Saving nightly", true), (last.Activity, last.Completed));
        Assert.Empty(_board.Close());
    }

    [Theory]
    [InlineData(null, null, "reading", -1)]
    [InlineData(3L << 20, null, "reading, 3.0 MB", -1)]
    [InlineData(128L << 20, 512L << 20, "reading, 128 MB of 512 MB", 25)]
    [InlineData(9L, 3L, "reading, 9 B of 3 B", 100)]
    [InlineData(0L, 0L, "reading, 0 B of 0 B", -1)]
    public void A_bar_says_bytes_as_a_person_does(long? done, long? total, string status, int percent)
    {
        ProgressUpdate update = _board.Show(new HostProgress("node1", "Saving nightly", "reading", done, total))!;

        Assert.Equal((status, percent), (update.Status, update.Percent));
    }

    private static HostProgress Reading(long done) => new("node1", "Saving nightly", "reading", done, 1000);

    private sealed class SteppingTime : TimeProvider
    {
        private long _now = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan time) => _now += time.Ticks;

        public override long GetTimestamp() => _now;
    }
}
