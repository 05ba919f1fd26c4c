using RkeEtcdPs.Engine.Components;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Components;

public sealed class HealthTests
{
    [Theory]
    [InlineData("kube-apiserver", "", "https://127.0.0.1:6443/healthz")]
    [InlineData("kube-apiserver", "--secure-port=6444 --bind-address=0.0.0.0", "https://127.0.0.1:6444/healthz")]
    [InlineData("kube-apiserver", "--bind-address=10.0.0.1", "https://10.0.0.1:6443/healthz")]
    [InlineData("kube-controller-manager", "", "https://127.0.0.1:10257/healthz http://127.0.0.1:10252/healthz")]
    [InlineData("kube-scheduler", "--port=0", "https://127.0.0.1:10259/healthz")]
    [InlineData("kube-controller-manager", "--secure-port=0", "http://127.0.0.1:10252/healthz")]
    [InlineData("kubelet", "--healthz-port=0", "")]
    [InlineData("kube-proxy", "--healthz-port=0", "")]
    [InlineData("kube-proxy", "--healthz-bind-address=127.0.0.1:0", "")]
    [InlineData("kubelet", "--healthz-port=1 --healthz-port=10349", "http://127.0.0.1:10349/healthz")]
    [InlineData("kube-proxy", "--healthz-bind-address=127.0.0.1:1234", "http://127.0.0.1:1234/healthz")]
    [InlineData("kube-proxy", "--healthz-bind-address=0.0.0.0", "http://127.0.0.1:10256/healthz")]
    [InlineData("calico-node", "", "")]
    public void Urls_are_those_of_Kubernetes_unless_the_flags_say_otherwise(string component, string flags, string urls)
        => Assert.Equal(urls, string.Join(' ', HealthEndpoints.Of(component, flags.Split(' '))));

    [Theory]
    [InlineData("a none\nb 200", HealthAnswer.Healthy)]
    [InlineData("a 401\nb none", HealthAnswer.Healthy)]
    [InlineData("a 403\n", HealthAnswer.Healthy)]
    [InlineData("a 500\nb none", HealthAnswer.Unhealthy)]
    [InlineData("a unclear\nb none", HealthAnswer.Unclear)]
    [InlineData("a none\nb none", HealthAnswer.Silent)]
    [InlineData("sh: not found", HealthAnswer.NotAsked)]
    [InlineData("", HealthAnswer.NotAsked)]
    public void Best_answer_of_all_urls_counts(string said, object answer) => Assert.Equal(answer, HealthProbe.Read(["a", "b"], said).Answer);

    [Theory]
    [InlineData("kube-apiserver --etcd-servers=x", true)]
    [InlineData("/usr/local/bin/kube-apiserver", true)]
    [InlineData("/hyperkube apiserver --etcd-servers=x", true)]
    [InlineData("hyperkube kube-apiserver", true)]
    [InlineData("/bin/sh /opt/rke-tools/entrypoint.sh kube-apiserver --etcd-servers=x", false)]
    [InlineData("sleep 3600", false)]
    [InlineData("kube-apiserver-proxy", false)]
    [InlineData("", false)]
    public void Component_is_told_from_the_script_that_will_start_it(string commandLine, bool isComponent)
        => Assert.Equal(isComponent, KubeComponent.All[0].IsCommandLine(commandLine));
}
