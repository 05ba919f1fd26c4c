using Xunit;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>The tests that share the lab of the run.</summary>
[CollectionDefinition(Name)]
public sealed class LabCollection : ICollectionFixture<LabFixture>
{
    /// <summary>For <see cref="CollectionAttribute"/>.</summary>
    public const string Name = "lab";
}
