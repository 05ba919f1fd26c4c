using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;

namespace RkeEtcdPs.Engine.Members;

/// <summary>The <c>etcd</c> container of a host, as RKE runs it: what is needed to talk to its member.</summary>
internal sealed record EtcdContainer
{
    private const string Name = "etcd";
    private const string KubernetesFolder = "/etc/kubernetes";

    /// <summary>The container's id.</summary>
    public required string Id { get; init; }

    /// <summary>The host folder with the certificates, to be mounted at <c>/etc/kubernetes</c>.</summary>
    public required string HostKubernetesFolder { get; init; }

    /// <summary>The environment with which etcdctl reaches the member and nothing else.</summary>
    public required IReadOnlyList<string> EtcdctlEnvironment { get; init; }

    /// <summary>Looks at the container.</summary>
    /// <exception cref="EtcdNotRunningException">There is none, or it does not run.</exception>
    public static async Task<EtcdContainer> FindAsync(DockerEngine engine, CancellationToken cancellationToken)
    {
        ContainerInspectResponse? found = await engine.AskAsync(InspectAsync, cancellationToken).ConfigureAwait(false);
        if (found?.State is not { } state)
        {
            throw new EtcdNotRunningException(
                engine.Node, "there is no container etcd", "Restore-EtcdSnapshot makes one on a new host, and goes on where a restore was cut off (Get-EtcdRestore). The members that do run can be worked on with -Node.");
        }

        if (!state.Running || state.Restarting || state.Paused)
        {
            throw new EtcdNotRunningException(engine.Node, $"its container is {state.Status}, exit code {state.ExitCode}");
        }

        return Read(engine.Node, found);
    }

    private static EtcdContainer Read(RkeNode node, ContainerInspectResponse found)
    {
        EtcdFlags flags = new(found);
        // RKE's own settings first. Where a version of RKE gave none, the flags of etcd itself say the same.
        string ssl = $"{KubernetesFolder}/ssl";
        string member = $"{ssl}/kube-etcd-{node.InternalAddress.Replace('.', '-').Replace(':', '-')}";
        string Setting(string name, string flag, string otherwise) => flags.Variable(name) ?? flags.Of(flag) ?? otherwise;
        string endpoint = flags.Variable("ETCDCTL_ENDPOINTS") ?? flags.Variable("ETCDCTL_ENDPOINT") ?? "https://127.0.0.1:2379";
        return new EtcdContainer
        {
            Id = found.ID,
            HostKubernetesFolder = found.Mounts?.FirstOrDefault(mount => mount?.Destination?.TrimEnd('/') == KubernetesFolder)?.Source ?? KubernetesFolder,
            EtcdctlEnvironment =
            [
                "ETCDCTL_API=3",
                // One endpoint only: a snapshot is of one member, and its status that of this one.
                $"ETCDCTL_ENDPOINTS={endpoint.Split(',')[0]}",
                $"ETCDCTL_CACERT={Setting("ETCDCTL_CACERT", "trusted-ca-file", $"{ssl}/kube-ca.pem")}",
                $"ETCDCTL_CERT={Setting("ETCDCTL_CERT", "cert-file", $"{member}.pem")}",
                $"ETCDCTL_KEY={Setting("ETCDCTL_KEY", "key-file", $"{member}-key.pem")}",
            ],
        };
    }

    private static async Task<ContainerInspectResponse?> InspectAsync(DockerClient docker, CancellationToken cancellationToken)
    {
        try
        {
            return await docker.Containers.InspectContainerAsync(Name, cancellationToken).ConfigureAwait(false);
        }
        catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}
