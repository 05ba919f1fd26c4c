using System.Diagnostics;
using System.Globalization;
using System.Text;
using RkeEtcdPs.Engine.Configuration;
using Xunit;
using Xunit.Abstractions;

namespace RkeEtcdPs.Engine.Tests.Configuration;

[CollectionDefinition(nameof(LargeClusterTests), DisableParallelization = true)]
[Collection(nameof(LargeClusterTests))]
public class LargeClusterTests(ITestOutputHelper output)
{
    private const int NodeCount = 2000;
    private const int Runs = 5;

    [Fact]
    public void Two_thousand_nodes_are_read_in_under_a_second()
    {
        string yaml = Render();
        // The best of some runs is the reader's own time; the others also show what else the machine does.
        TimeSpan[] times = [.. Enumerable.Range(0, Runs).Select(_ => TimeOf(yaml))];

        output.WriteLine($"{NodeCount} nodes, {yaml.Length:N0} characters: {string.Join(", ", times.Select(time => $"{time.TotalMilliseconds:F0}"))} ms");
        Assert.True(times.Min() < TimeSpan.FromSeconds(1), times.Min().ToString());
    }

    private static TimeSpan TimeOf(string yaml)
    {
        Stopwatch time = Stopwatch.StartNew();
        RkeCluster cluster = ClusterFile.Parse(yaml);
        time.Stop();
        Assert.Equal(NodeCount, cluster.Nodes.Count);
        return time.Elapsed;
    }

    private static string Render()
    {
        StringBuilder yaml = new("nodes:\n");
        for (int i = 0; i < NodeCount; i++)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"""
                - address: 10.{i / 250}.{i % 250}.1
                  port: "22"
                  internal_address: 172.{i / 250}.{i % 250}.1
                  role:
                  - {(i < 5 ? "etcd" : "worker")}
                  - controlplane
                  hostname_override: node-{i}
                  user: rke
                  docker_socket: /var/run/docker.sock
                  ssh_key: ""
                  ssh_key_path: ~/.ssh/id_rsa
                  ssh_cert: ""
                  ssh_cert_path: ""
                  labels:
                    zone: z{i % 7}
                  taints: []

                """);
        }
        return yaml.ToString();
    }
}
