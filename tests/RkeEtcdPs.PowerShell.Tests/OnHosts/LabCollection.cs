using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.OnHosts;

/// <summary>The tests that share the lab of the run.</summary>
[CollectionDefinition(Name)]
public sealed class LabCollection : ICollectionFixture<LabFixture>
{
    /// <summary>For <see cref="CollectionAttribute"/>.</summary>
    public const string Name = "lab";
}
