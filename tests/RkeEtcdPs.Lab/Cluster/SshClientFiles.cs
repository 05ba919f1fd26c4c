using System.Globalization;
using System.Text;
using RkeEtcdPs.Lab.Hosts;
using RkeEtcdPs.Lab.State;

namespace RkeEtcdPs.Lab.Cluster;

/// <summary>What an ssh client needs: known_hosts and a configuration for <c>ssh -F</c>.</summary>
internal static class SshClientFiles
{
    /// <summary>Writes both.</summary>
    internal static void Write(LabDescription lab, LabFolder folder)
    {
        HostDescription[] hosts = [.. lab.Hosts, .. lab.Bastion is null ? Array.Empty<HostDescription>() : [lab.Bastion]];
        File.WriteAllLines(folder.KnownHosts, hosts.Select(KnownHost));
        var text = new StringBuilder();
        foreach (var host in hosts)
        {
            AppendAlias(text, host, lab.Bastion);
        }

        // By address only what makes ssh safe in a lab: port, user and bastion must come from cluster.yml.
        text.Append(CultureInfo.InvariantCulture, $"""
            Host *
              UserKnownHostsFile {folder.KnownHosts}
              GlobalKnownHostsFile /dev/null
              StrictHostKeyChecking yes
              UpdateHostKeys no
              IdentityFile {folder.ClientKey}
              IdentitiesOnly yes
              IdentityAgent none

            """);
        File.WriteAllText(folder.SshConfig, text.ToString());
    }

    private static string KnownHost(HostDescription host)
    {
        var key = File.ReadAllText(Path.Combine(host.Folder, "etc/ssh", Sshd.HostKeyName + ".pub")).Split(' ');
        var name = host.Configuration.SshPort == 22 ? host.Address : $"[{host.Address}]:{host.Configuration.SshPort}";
        return $"{name} {key[0]} {key[1]}";
    }

    private static void AppendAlias(StringBuilder text, HostDescription host, HostDescription? bastion) => text.Append(CultureInfo.InvariantCulture, $"""
        Host {host.Configuration.Name}
          HostName {host.Address}
          Port {host.Configuration.SshPort}
          User {host.Configuration.User}
        {(bastion is null || bastion == host ? "" : $"  ProxyJump {bastion.Configuration.Name}\n")}
        """);
}
