using RkeEtcdPs.Engine.Docker;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Docker;

public sealed class ProgramResultTests
{
    [Theory]
    [InlineData("[]\n", "{\"level\":\"warn\"}\nFailed to get the status of endpoint https://127.0.0.1:2379 (context deadline exceeded)\n", "Failed to get the status of endpoint https://127.0.0.1:2379 (context deadline exceeded)")]
    [InlineData("", "https://127.0.0.1:2379 is unhealthy: failed to commit proposal\nError: unhealthy cluster\n", "https://127.0.0.1:2379 is unhealthy: failed to commit proposal")]
    [InlineData("", "Error: unhealthy cluster\n", "Error: unhealthy cluster")]
    [InlineData("said\n", "", "said")]
    [InlineData("{}\n", "\n", null)]
    public void Last_words_are_why_it_failed(string output, string error, string? words) => Assert.Equal(words, new ProgramResult(1, output, error).LastWords);
}
