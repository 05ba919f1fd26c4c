using System.Globalization;
using System.Text;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Lab.Images;
using RkeEtcdPs.Lab.State;

namespace RkeEtcdPs.Lab.Cluster;

/// <summary>Writes the cluster.yml that describes a lab.</summary>
internal static class ClusterYml
{
    private static readonly (NodeRoles Role, string Name)[] Roles =
        [(NodeRoles.ControlPlane, "controlplane"), (NodeRoles.Etcd, "etcd"), (NodeRoles.Worker, "worker")];

    /// <summary>The text of cluster.yml.</summary>
    internal static string Of(LabDescription lab, LabFolder folder)
    {
        var text = new StringBuilder();
        text.Append("nodes:\n");
        foreach (var host in lab.Hosts)
        {
            AppendNode(text, host, folder);
        }

        text.Append(CultureInfo.InvariantCulture, $"""
            cluster_name: {lab.Configuration.ClusterName}
            services:
              etcd:
                snapshot: null
            network:
              plugin: none
            system_images:
              etcd: {LabImages.Etcd(lab.Configuration.EtcdShell)}
              alpine: {LabImages.RkeTools}
              nginx_proxy: {LabImages.RkeTools}
              kubernetes_services_sidecar: {LabImages.RkeTools}
              kubernetes: {LabImages.Hyperkube}

            """);
        if (lab.Bastion is { } bastion)
        {
            text.Append(CultureInfo.InvariantCulture, $"""
                bastion_host:
                  address: {bastion.Address}
                  port: "{bastion.Configuration.SshPort}"
                  user: {bastion.Configuration.User}
                  ssh_key_path: {folder.ClientKey}

                """);
        }

        return text.ToString();
    }

    private static void AppendNode(StringBuilder text, HostDescription host, LabFolder folder)
    {
        text.Append(CultureInfo.InvariantCulture, $"""
              - address: {host.Address}
                port: "{host.Configuration.SshPort}"

            """);
        if (host.InternalAddress != host.Address)
        {
            text.Append(CultureInfo.InvariantCulture, $"    internal_address: {host.InternalAddress}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"""
                role: [{string.Join(", ", Roles.Where(r => host.Configuration.Roles.HasFlag(r.Role)).Select(r => r.Name))}]
                hostname_override: {host.Configuration.Name}
                user: {host.Configuration.User}
                docker_socket: /var/run/docker.sock
                ssh_key_path: {folder.ClientKey}

            """);
    }
}
