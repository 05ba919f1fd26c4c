using RkeEtcdPs.Lab.Images;
using RkeEtcdPs.Lab.State;

namespace RkeEtcdPs.Lab.Cluster;

/// <summary>The etcd container, as RKE makes it: the same names, mounts, environment and flags.</summary>
internal static class EtcdContainer
{
    /// <summary>The container's name.</summary>
    internal const string Name = "etcd";

    /// <summary>Its plan on a host.</summary>
    internal static ContainerPlan Of(HostDescription host, LabDescription lab)
    {
        const string ssl = "/etc/kubernetes/ssl";
        var address = host.InternalAddress;
        var listen = host.InternalAddress == host.Address ? "0.0.0.0" : address;
        var endpoint = host.InternalAddress == host.Address ? "127.0.0.1" : address;
        var certificate = $"{ssl}/{ClusterCertificates.EtcdName(address)}.pem";
        var key = $"{ssl}/{ClusterCertificates.EtcdName(address)}-key.pem";
        var members = lab.Hosts.Where(h => h.Configuration.HasEtcd).Select(h => $"etcd-{h.Configuration.Name}=https://{h.InternalAddress}:2380");
        return new ContainerPlan(
            Name,
            [
                "--restart", "always",
                "--volume", "/var/lib/etcd:/var/lib/rancher/etcd/",
                "--volume", "/etc/kubernetes:/etc/kubernetes",
                "--env", "ETCDCTL_API=3",
                "--env", $"ETCDCTL_CACERT={ssl}/kube-ca.pem",
                "--env", $"ETCDCTL_CERT={certificate}",
                "--env", $"ETCDCTL_KEY={key}",
                "--env", $"ETCDCTL_ENDPOINTS=https://{endpoint}:2379",
                .. lab.Configuration.EtcdOptions,
            ],
            [
                LabImages.Etcd(lab.Configuration.EtcdShell),
                "/usr/local/bin/etcd",
                $"--name=etcd-{host.Configuration.Name}",
                "--data-dir=/var/lib/rancher/etcd/",
                $"--advertise-client-urls=https://{address}:2379",
                $"--listen-client-urls=https://{listen}:2379",
                $"--initial-advertise-peer-urls=https://{address}:2380",
                $"--listen-peer-urls=https://{listen}:2380",
                $"--initial-cluster={string.Join(',', members)}",
                "--initial-cluster-token=etcd-cluster-1",
                "--initial-cluster-state=new",
                "--client-cert-auth=true",
                "--peer-client-cert-auth=true",
                $"--trusted-ca-file={ssl}/kube-ca.pem",
                $"--peer-trusted-ca-file={ssl}/kube-ca.pem",
                $"--cert-file={certificate}",
                $"--key-file={key}",
                $"--peer-cert-file={certificate}",
                $"--peer-key-file={key}",
                // RKE has 500 and 5000; with these an election does not take longer than the test around it, and nine idle members do not keep a slow machine busy.
                "--heartbeat-interval=300",
                "--election-timeout=1500",
                .. lab.Configuration.EtcdFlags,
            ]);
    }
}
