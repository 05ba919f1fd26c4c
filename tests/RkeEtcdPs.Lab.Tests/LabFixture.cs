using Xunit;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>The one lab of a test run, with three ordinary hosts.</summary>
public sealed class LabFixture : IAsyncLifetime
{
    private const int Hosts = 3;
    private Lab? _lab;
    private string? _reason;
    private bool _used;

    /// <summary>The lab; ends a test as skipped when the machine cannot hold one.</summary>
    public Lab Lab => LabAvailability.OrSkip(_lab, _reason);

    /// <inheritdoc />
    public async Task InitializeAsync() => (_lab, _reason) = await LabAvailability.TryStartAsync(LabConfiguration.WithHosts(Hosts));

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        if (_lab is not null)
        {
            await _lab.DisposeAsync();
        }
    }

    /// <summary>Brings the hosts back to their initial state, unless no test has used them yet.</summary>
    internal async Task PrepareAsync()
    {
        if (_lab is not null && _used)
        {
            await _lab.ResetAsync();
        }

        _used = true;
    }
}
