using RkeEtcdPs.Engine.Recovery;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Recovery;

public sealed class RestoreStoryTests
{
    public static TheoryData<RestoreStep> Steps => [.. Enum.GetValues<RestoreStep>()];

    [Theory]
    [MemberData(nameof(Steps))]
    public void Every_step_is_told_in_words_and_not_by_its_name(RestoreStep step)
    {
        Assert.DoesNotContain(step.ToString(), RestoreStory.Doing(step), StringComparison.Ordinal);
        Assert.Contains("ing", RestoreStory.Doing(step), StringComparison.Ordinal);
        Assert.Contains(' ', RestoreStory.Done(step));
    }
}
