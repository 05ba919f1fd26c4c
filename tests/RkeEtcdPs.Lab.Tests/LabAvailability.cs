using Xunit;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>What a test does on a machine that cannot hold a lab: it is skipped with the reason, but in CI it fails.</summary>
internal static class LabAvailability
{
    private static bool InCi => Environment.GetEnvironmentVariable("CI") == "true";

    /// <summary>Starts a lab.</summary>
    /// <returns>The lab, or the reason why this machine cannot hold one.</returns>
    internal static async Task<(Lab? Lab, string? Reason)> TryStartAsync(LabConfiguration configuration)
    {
        try
        {
            return (await Lab.StartAsync(configuration), null);
        }
        catch (LabUnavailableException e) when (!InCi)
        {
            return (null, e.Message);
        }
    }

    /// <summary>Ends the test as skipped on a machine that cannot hold a lab, but in CI lets it fail.</summary>
    internal static void Require() => Skip.If(Lab.UnavailableReason is not null && !InCi, Lab.UnavailableReason);

    /// <summary>The lab; ends the test as skipped when there is none.</summary>
    internal static Lab OrSkip(Lab? lab, string? reason)
    {
        Skip.If(lab is null, reason);
        return lab!;
    }
}
