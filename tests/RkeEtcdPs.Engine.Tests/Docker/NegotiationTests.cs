using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Docker;

public sealed class NegotiationTests
{
    private static readonly RkeNode Node = new() { ClusterName = "c", Name = "n1", Address = "192.0.2.1", InternalAddress = "192.0.2.1", Roles = NodeRoles.Etcd };

    [Theory]
    [InlineData("1.24", "1.12", "1.24")]
    [InlineData("1.41", "1.12", "1.41")]
    [InlineData("1.47", "1.24", "1.47")]
    [InlineData("1.52", "1.44", "1.47")]
    [InlineData("1.60", "1.50", "1.50")]
    [InlineData("1.26", null, "1.26")]
    public void Newest_version_that_both_know_is_spoken(string engine, string? oldest, string expected)
        => Assert.Equal(expected, DockerEngine.Negotiate(Node, new VersionResponse { APIVersion = engine, MinAPIVersion = oldest }).ToString());

    [Theory]
    [InlineData("1.23")]
    [InlineData("")]
    [InlineData("nginx")]
    public void What_is_too_old_or_no_engine_is_refused(string engine)
        => Assert.Throws<DockerUnavailableException>(() => DockerEngine.Negotiate(Node, new VersionResponse { APIVersion = engine }));
}
