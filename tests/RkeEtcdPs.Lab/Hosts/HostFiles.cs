using RkeEtcdPs.Lab.Machine;
using RkeEtcdPs.Lab.State;

namespace RkeEtcdPs.Lab.Hosts;

/// <summary>Makes the private folders of a host: what it sees as /etc, /opt, /var/lib, /var/log, /home and /root.</summary>
/// <param name="folder">The lab's folder.</param>
internal sealed class HostFiles(LabFolder folder)
{
    /// <summary>Where programs are, but not docker, on a host without the docker CLI.</summary>
    internal const string ProgramsWithoutDocker = "/etc/lab/bin";

    private const int UserId = 2000;

    /// <summary>Makes them; the host must not run yet.</summary>
    /// <param name="host">The host.</param>
    /// <param name="hostsFile">The text of /etc/hosts.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    internal async Task CreateAsync(HostConfiguration host, string hostsFile, CancellationToken cancellationToken)
    {
        var root = folder.OfHost(host.Name);
        string[] folders = ["opt", "var-lib/docker", "var-log", "home", "root", "etc", .. host.Bare ? Array.Empty<string>() : ["opt/rke", "var-lib/etcd", "var-lib/rancher", "etc/kubernetes/ssl"]];
        foreach (var name in folders)
        {
            Directory.CreateDirectory(Path.Combine(root, name));
        }

        if (!host.Bare)
        {
            File.SetUnixFileMode(Path.Combine(root, "var-lib/etcd"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var etc = Path.Combine(root, "etc");
        await Command.MustRunAsync(["cp", "-a", "/etc/.", etc], cancellationToken: cancellationToken);
        Directory.CreateDirectory(Path.Combine(etc, "lab"));
        Replace(etc, "hostname", host.Name + "\n");
        Replace(etc, "hosts", hostsFile);
        // No name server: nothing of a host may ask outside.
        Replace(etc, "resolv.conf", "");
        WriteAccounts(etc, host);
        await WriteSshdAsync(etc, host, cancellationToken);
        if (!host.DockerCli)
        {
            LinkPrograms(Path.Combine(root, "etc/lab/bin"));
        }

        if (host.User != "root")
        {
            var home = Directory.CreateDirectory(Path.Combine(root, "home", host.User)).FullName;
            await Command.MustRunAsync(["chown", $"{UserId}:{UserId}", home], cancellationToken: cancellationToken);
        }
    }

    /// <summary>Makes a host key at a path.</summary>
    internal static Task GenerateKeyAsync(string path, string comment, CancellationToken cancellationToken)
    {
        File.Delete(path);
        return Command.MustRunAsync(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path], cancellationToken: cancellationToken);
    }

    private static void WriteAccounts(string etc, HostConfiguration host)
    {
        var user = host.User == "root" ? null : host.User;
        Replace(etc, "passwd", $"""
            root:x:0:0:root:/root:/bin/bash
            nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
            sshd:x:990:65534::/run/sshd:/usr/sbin/nologin
            {(user is null ? "" : $"{user}:x:{UserId}:{UserId}::/home/{user}:/bin/bash\n")}
            """);
        Replace(etc, "group", $"""
            root:x:0:
            nogroup:x:65534:
            docker:x:991:{user}
            {(user is null ? "" : $"{user}:x:{UserId}:\n")}
            """);
        // A star is no password at all; an exclamation mark would also lock out keys.
        Replace(etc, "shadow", $"""
            root:*:19000:0:99999:7:::
            {(user is null ? "" : $"{user}:*:19000:0:99999:7:::\n")}
            """);
        File.SetUnixFileMode(Path.Combine(etc, "shadow"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Replace(etc, "gshadow", "");
    }

    private async Task WriteSshdAsync(string etc, HostConfiguration host, CancellationToken cancellationToken)
    {
        var ssh = Path.Combine(etc, "ssh");
        Directory.Delete(ssh, recursive: true);
        Directory.CreateDirectory(ssh);
        File.Copy(folder.ClientKey + ".pub", Path.Combine(ssh, "authorized_keys"));
        await GenerateKeyAsync(Path.Combine(ssh, Sshd.HostKeyName), host.Name, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(ssh, "sshd_config"), Sshd.Configuration(host), cancellationToken);
    }

    private static void LinkPrograms(string bin)
    {
        Directory.CreateDirectory(bin);
        foreach (var program in Directory.EnumerateFiles("/usr/bin").Concat(Directory.EnumerateFiles("/usr/sbin")))
        {
            var link = Path.Combine(bin, Path.GetFileName(program));
            if (!Path.GetFileName(program).StartsWith("docker", StringComparison.Ordinal) && !File.Exists(link))
            {
                File.CreateSymbolicLink(link, program);
            }
        }
    }

    private static void Replace(string etc, string name, string text)
    {
        // Deleted first: some of these are symbolic links out of /etc on some machines.
        var path = Path.Combine(etc, name);
        File.Delete(path);
        File.WriteAllText(path, text);
    }
}
