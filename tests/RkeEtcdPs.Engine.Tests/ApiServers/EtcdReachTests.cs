using RkeEtcdPs.Engine.ApiServers;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.ApiServers;

public sealed class EtcdReachTests
{
    [Fact]
    public void Health_is_read_from_json()
    {
        Dictionary<string, string?> health = EtcdReach.ReadHealth("""
            [{"endpoint":"https://10.0.0.1:2379","health":true,"took":"9ms"},{"endpoint":"https://10.0.0.2:2379","health":false,"error":"context deadline exceeded"},{"endpoint":"https://10.0.0.3:2379","health":false,"error":"Active Alarm(s): NOSPACE"}]
            Error: unhealthy cluster
            """);

        Assert.Equal([null, "context deadline exceeded", null], health.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value));
    }

    // What etcdctl 3.0 to 3.3 prints, --write-out=json or not.
    [Fact]
    public void Health_is_read_from_the_text_of_an_older_etcdctl()
    {
        Dictionary<string, string?> health = EtcdReach.ReadHealth("""
            https://10.0.0.1:2379 is healthy: successfully committed proposal: took = 2.1ms
            https://10.0.0.2:2379 is unhealthy: failed to connect: dial tcp 10.0.0.2:2379: getsockopt: connection refused
            Error:  unhealthy cluster
            """);

        Assert.Equal([("https://10.0.0.1:2379", null), ("https://10.0.0.2:2379", "failed to connect: dial tcp 10.0.0.2:2379: getsockopt: connection refused")],
            health.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public void Words_that_say_nothing_of_an_endpoint_are_no_answer() => Assert.Empty(EtcdReach.ReadHealth("Error: dial tcp: lookup etcd: no such host\n"));
}
