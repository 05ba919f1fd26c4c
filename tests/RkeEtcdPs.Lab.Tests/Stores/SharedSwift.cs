using Xunit;

namespace RkeEtcdPs.Lab.Tests.Stores;

/// <summary>One server for all tests of a class that leave nothing there which another would take for its own.</summary>
public sealed class SharedSwift : IAsyncLifetime
{
    private SwiftServer? _server;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_server is { } server)
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>Started by the first test that needs it, which is skipped where it cannot be.</summary>
    internal async Task<SwiftServer> GetAsync() => _server ??= await SwiftServer.StartAsync();
}
