using RkeEtcdPs.Lab.Images;
using RkeEtcdPs.Lab.State;

namespace RkeEtcdPs.Lab.Cluster;

/// <summary>
/// A kube-apiserver container that answers, for hosts where a test asks for one: the real program where <c>ETCDSNAPSHOT_LAB_KUBE</c> names a folder
/// that has it (with <c>kubectl</c> beside it), otherwise <see cref="ApiServerStandIn"/>.
/// </summary>
/// <remarks>The real one has not been run here: no machine with its binaries was at hand.</remarks>
internal static class ApiServerContainer
{
    /// <summary>The container's name.</summary>
    internal const string Name = "kube-apiserver";

    private const string Ssl = "/etc/kubernetes/ssl";
    private const string Mounted = "/kube";

    /// <summary>The folder with the real programs; null when there is none.</summary>
    internal static string? Programs => Environment.GetEnvironmentVariable("ETCDSNAPSHOT_LAB_KUBE") is { Length: > 0 } folder ? folder : null;

    /// <summary>Its plan on a host.</summary>
    internal static ContainerPlan Of(HostDescription host, IEnumerable<string> etcdServers)
    {
        string[] options = ["--restart", "always", "--volumes-from", "service-sidekick", "--volume", "/etc/kubernetes:/etc/kubernetes", "--env", "LAB=yes", "--stop-timeout", "5"];
        string[] flags =
        [
            $"--etcd-servers={string.Join(',', etcdServers)}",
            "--etcd-prefix=/registry",
            $"--etcd-cafile={Ssl}/kube-ca.pem",
            $"--etcd-certfile={Ssl}/kube-node.pem",
            $"--etcd-keyfile={Ssl}/kube-node-key.pem",
        ];
        return Programs is { } programs
            ? new ContainerPlan(Name, [.. options, "--volume", $"{programs}:{Mounted}:ro", "--entrypoint", $"{Mounted}/kube-apiserver"], [LabImages.Hyperkube, .. flags, .. RealFlags(host)])
            : new ContainerPlan(Name, [.. options, "--entrypoint", ApiServerStandIn.Path], [LabImages.Hyperkube, Name, .. flags]);
    }

    private static string[] RealFlags(HostDescription host) =>
    [
        "--bind-address=0.0.0.0",
        "--secure-port=6443",
        $"--advertise-address={host.InternalAddress}",
        "--service-cluster-ip-range=10.43.0.0/16",
        // The lab has no administrator's certificate.
        "--authorization-mode=AlwaysAllow",
        "--allow-privileged=true",
        $"--tls-cert-file={Ssl}/kube-apiserver.pem",
        $"--tls-private-key-file={Ssl}/kube-apiserver-key.pem",
        $"--client-ca-file={Ssl}/kube-ca.pem",
        "--service-account-issuer=rke",
        $"--service-account-key-file={Ssl}/kube-apiserver-key.pem",
        $"--service-account-signing-key-file={Ssl}/kube-apiserver-key.pem",
    ];
}
