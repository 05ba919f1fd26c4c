namespace RkeEtcdPs.Lab.Tests;

/// <summary>
/// Labs that differ from the shared one. Each is started by the test that needs it and taken down after it; as that takes seconds, a test
/// with one lab should try all that this lab is good for.
/// </summary>
internal static class LabVariants
{
    /// <summary>One host that does everything.</summary>
    internal static LabConfiguration OneHost(Func<HostConfiguration, HostConfiguration>? change = null) => LabConfiguration.WithHosts(1, change);

    /// <summary>Starts a lab; ends the test as skipped when the machine cannot hold one.</summary>
    internal static async Task<Lab> StartAsync(LabConfiguration configuration)
    {
        var (lab, reason) = await LabAvailability.TryStartAsync(configuration);
        return LabAvailability.OrSkip(lab, reason);
    }
}
