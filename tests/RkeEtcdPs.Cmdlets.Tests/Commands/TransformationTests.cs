using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Parameters;
using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.Commands;

public sealed class TransformationTests
{
    [Theory]
    [InlineData("123", 123)]
    [InlineData("5GB", 5L << 30)]
    [InlineData("5 GiB", 5L << 30)]
    [InlineData("1.5m", 3L << 19)]
    [InlineData("2k", 2048)]
    [InlineData("7B", 7)]
    public void Sizes_are_read_as_they_are_written(string text, long bytes)
        => Assert.Equal(bytes, new SizeTransformationAttribute().Transform(null!, text));

    [Theory]
    [InlineData("")]
    [InlineData("5XB")]
    [InlineData("GB")]
    [InlineData("5GBB")]
    [InlineData("-5GB")]
    [InlineData("9999999999PB")]
    public void What_is_no_size_is_refused(string text)
        => Assert.Throws<ArgumentTransformationMetadataException>(() => new SizeTransformationAttribute().Transform(null!, text));

    [Fact]
    public void Time_zones_have_names()
    {
        Assert.Equal(TimeZoneInfo.Utc, new TimeZoneTransformationAttribute().Transform(null!, "UTC"));
        Assert.Throws<ArgumentTransformationMetadataException>(() => new TimeZoneTransformationAttribute().Transform(null!, "Mars"));
    }
}
