using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Errors;

public sealed class PrintableTextTests
{
    [Theory]
    [InlineData("plain äöü 日本 😀", "plain äöü 日本 😀")]
    [InlineData("\u001b[2J", "\\u001B[2J")]
    [InlineData("a\u0007b\u009b\u202ec", "a\\u0007b\\u009B\\u202Ec")]
    [InlineData("two\nlines", "two\\u000Alines")]
    public void What_a_terminal_would_act_on_is_written_out(string text, string shown)
    {
        Assert.Equal(shown, PrintableText.Line(text));
    }

    [Fact]
    public void Half_a_character_is_written_out()
    {
        Assert.Equal("half \\uD800", PrintableText.Line("half " + (char)0xD800));
    }

    [Fact]
    public void Messages_of_failures_are_fit_for_a_terminal_and_of_bounded_length()
    {
        NodeNotFoundException failure = new("a\u001b[2J\nb" + new string('x', 100_000), "see\u001b]0;x");

        Assert.StartsWith("a\\u001B[2J\nb", failure.Message, StringComparison.Ordinal);
        Assert.InRange(failure.Message.Length, 1000, 5000);
        Assert.Equal("see\\u001B]0;x", failure.Advice);
    }
}
