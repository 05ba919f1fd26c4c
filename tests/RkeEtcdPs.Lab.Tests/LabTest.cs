using Xunit;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>A class of tests in the shared lab. Every test begins with its hosts in their initial state, whatever the test before did.</summary>
/// <param name="fixture">The shared lab.</param>
[Collection(LabCollection.Name)]
public abstract class LabTest(LabFixture fixture) : IAsyncLifetime
{
    /// <summary>The lab; ends a test as skipped when the machine cannot hold one.</summary>
    protected Lab Lab => fixture.Lab;

    /// <summary>True when the long tests are asked for too: then those that try many places or steps try all of them.</summary>
    protected static bool IsLong => Environment.GetEnvironmentVariable("ETCDSNAPSHOT_LONG_TESTS") == "1";

    /// <inheritdoc />
    public virtual Task InitializeAsync() => fixture.PrepareAsync();

    /// <inheritdoc />
    public virtual Task DisposeAsync() => Task.CompletedTask;
}
