using FsCheck.Xunit;
using RkeEtcdPs.Engine.Configuration;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Configuration;

public class GoDurationTests
{
    [Theory]
    [InlineData("5m0s", 300)]
    [InlineData("24h", 86400)]
    [InlineData("1h30m", 5400)]
    [InlineData("300ms", 0.3)]
    [InlineData("1.5h", 5400)]
    [InlineData(".5s", 0.5)]
    [InlineData("1.s", 1)]
    [InlineData("-2m", -120)]
    [InlineData("+2m", 120)]
    [InlineData("0", 0)]
    [InlineData("10us", 0.00001)]
    [InlineData("10µs", 0.00001)]
    [InlineData("10μs", 0.00001)]
    [InlineData("1000000ns", 0.001)]
    public void Durations_of_Go_are_read(string text, double seconds)
    {
        Assert.True(GoDuration.TryParse(text, out TimeSpan duration));
        Assert.Equal(seconds, duration.TotalSeconds);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("5")]
    [InlineData("3d")]
    [InlineData("h")]
    [InlineData(".h")]
    [InlineData("1.2.3s")]
    [InlineData("1 h")]
    [InlineData("1H")]
    [InlineData("1h ")]
    [InlineData("--1h")]
    [InlineData("9999999999999h")]
    [InlineData("99999999999999999999999999999999999999h")]
    [InlineData("2000000h2000000h")]
    [InlineData("١h")]
    public void Other_text_is_refused(string? text) => Assert.False(GoDuration.TryParse(text, out _));

    [Theory]
    [InlineData("12h0m0s")]
    [InlineData("5m0s")]
    [InlineData("1m30.5s")]
    [InlineData("1s")]
    [InlineData("300ms")]
    [InlineData("1.5µs")]
    [InlineData("100ns")]
    [InlineData("-1h0m0s")]
    [InlineData("0s")]
    public void Durations_are_written_as_Go_prints_them(string text)
    {
        Assert.True(GoDuration.TryParse(text, out TimeSpan duration));
        Assert.Equal(text, GoDuration.Format(duration));
    }

    [Property(MaxTest = 1000)]
    public bool What_is_written_reads_back(long ticks)
    {
        TimeSpan duration = TimeSpan.FromTicks(ticks % TimeSpan.FromDays(100_000).Ticks);
        return GoDuration.TryParse(GoDuration.Format(duration), out TimeSpan read) && read == duration;
    }
}
