using Xunit;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>The one lab of a test run.</summary>
/// <param name="hosts">How many ordinary hosts it has.</param>
/// <remarks>While it is up, temporary files go to a folder in it: what other runs on this machine have open is not taken for remains of ours.</remarks>
public abstract class SharedLab(int hosts) : IAsyncLifetime
{
    private const string TemporaryFolder = "TMPDIR";
    private readonly string? _temporary = Environment.GetEnvironmentVariable(TemporaryFolder);
    private Lab? _lab;
    private string? _reason;
    private bool _used;

    /// <summary>The lab; ends a test as skipped when the machine cannot hold one.</summary>
    public Lab Lab => LabAvailability.OrSkip(_lab, _reason);

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        (_lab, _reason) = await LabAvailability.TryStartAsync(LabConfiguration.WithHosts(hosts));
        if (_lab is not null)
        {
            Environment.SetEnvironmentVariable(TemporaryFolder, Directory.CreateDirectory(Path.Combine(_lab.Folder.Root, "tmp")).FullName);
        }
    }

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        Environment.SetEnvironmentVariable(TemporaryFolder, _temporary);
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
