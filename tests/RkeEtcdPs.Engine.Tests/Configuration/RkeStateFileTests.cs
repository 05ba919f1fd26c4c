using System.Text;
using RkeEtcdPs.Engine.Configuration;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Configuration;

public sealed class RkeStateFileTests
{
    private const string State =
        """
        {"desiredState":{"certificatesBundle":{"kube-ca":{"certificatePEM":"desired","keyPEM":"key"}}},
         "currentState":{
          "rkeConfig":{"kubernetesVersion":"v1.20.4-rancher1-1","systemImages":{"etcd":"rancher/etcd:1","alpine":"rancher/rke-tools:1"},
           "services":{"kubeApi":{"serviceClusterIpRange":"10.44.0.0/16"},"kubelet":{"clusterDomain":"a.internal"}}},
          "certificatesBundle":{"kube-ca":{"certificatePEM":"ca","keyPEM":"secret-marker"},"kube-etcd-10-0-0-1":{"certificatePEM":"etcd"}}}}
        """;

    [Fact]
    public void State_that_RKE_wrote_gives_certificates_with_their_keys_and_what_cluster_yml_leaves_to_it()
    {
        RkeState state = Parse(State);

        Assert.Equal(["kube-ca"], state.Certificates.Keys);
        Assert.Equal(("ca", "secret-marker"), (state.Certificates["kube-ca"].Certificate, state.Certificates["kube-ca"].Key.Reveal()));
        RkeCluster cluster = state.Complete(ClusterFile.Parse(
            """
            nodes: [{address: 10.0.0.1, role: [etcd], user: rke}]
            system_images: {etcd: "mine/etcd:2"}
            """));
        Assert.Equal(("mine/etcd:2", "rancher/rke-tools:1"), (cluster.SystemImages["etcd"], cluster.SystemImages["alpine"]));
        Assert.Equal(("v1.20.4-rancher1-1", "10.44.0.0/16", "a.internal"), (cluster.KubernetesVersion, cluster.ServiceClusterIpRange, cluster.ClusterDomain));
        Assert.DoesNotContain("secret-marker", state.ToString());
    }

    [Fact]
    public void Desired_state_is_taken_where_there_is_no_current_one()
        => Assert.Equal("desired", Parse(State.Replace("currentState", "otherState", StringComparison.Ordinal)).Certificates["kube-ca"].Certificate);

    [Theory]
    [InlineData("")]
    [InlineData("secret-marker")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"currentState":{"certificatesBundle":"secret-marker"}}""")]
    [InlineData("""{"currentState":{"certificatesBundle":{"kube-ca":{"keyPEM":"secret-marker" """)]
    public void What_is_no_state_is_refused_without_a_word_of_what_is_in_it(string text)
    {
        StateFileInvalidException failure = Assert.Throws<StateFileInvalidException>(() => Parse(text));

        Assert.DoesNotContain("secret-marker", failure.ToString());
    }

    [Fact]
    public void Mark_of_UTF8_before_it_is_passed_over()
        => Assert.Equal("ca", Parse('\uFEFF' + State).Certificates["kube-ca"].Certificate);

    [Theory]
    [InlineData("/nowhere/cluster.rkestate", "there is no such file")]
    [InlineData(".", "it is a folder")]
    public async Task File_that_cannot_be_read_is_said_to_be_so(string path, string said)
        => Assert.Contains(said, (await Assert.ThrowsAsync<StateFileInvalidException>(() => RkeStateFile.ReadAsync(path, default))).Message);

    [SkippableFact]
    public async Task Device_without_an_end_is_too_large()
    {
        Skip.IfNot(File.Exists("/dev/zero") && !OperatingSystem.IsWindows(), "Windows has no /dev/zero");
        Assert.Contains("larger than", (await Assert.ThrowsAsync<StateFileInvalidException>(() => RkeStateFile.ReadAsync("/dev/zero", default))).Message);
    }

    private static RkeState Parse(string text) => RkeStateFile.Parse("here", Encoding.UTF8.GetBytes(text));
}
