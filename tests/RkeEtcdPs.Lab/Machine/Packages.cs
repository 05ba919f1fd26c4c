namespace RkeEtcdPs.Lab.Machine;

/// <summary>The programs a lab is made of, and how they come onto the machine.</summary>
internal static class Packages
{
    private const string ServicePolicy = "/usr/sbin/policy-rc.d";

    private static readonly (string Program, string Package)[] Needed =
    [
        ("dockerd", "docker.io"), ("docker", "docker.io"), ("sshd", "openssh-server"), ("ssh", "openssh-client"), ("ssh-keygen", "openssh-client"),
        ("etcd", "etcd-server"), ("etcdctl", "etcd-client"), ("ip", "iproute2"), ("iptables", "iptables"), ("busybox", "busybox-static"),
        ("openssl", "openssl"), ("nsenter", "util-linux"), ("unshare", "util-linux"), ("bash", "bash"), ("hostname", "hostname"),
    ];

    /// <summary>Why this machine cannot hold a lab at all; null when it can.</summary>
    internal static string? UnavailableReason =>
        !OperatingSystem.IsLinux() ? "the lab needs Linux"
        : Libc.EffectiveUser() != 0 ? "the lab needs root: it makes namespaces, mounts and network links"
        : null;

    /// <summary>Installs what is missing; does nothing when all is there.</summary>
    /// <exception cref="LabUnavailableException">This is not Linux, or not root.</exception>
    /// <exception cref="LabException">apt-get could not install it.</exception>
    internal static async Task EnsureAsync(Action<string> log, CancellationToken cancellationToken)
    {
        if (UnavailableReason is { } reason)
        {
            throw new LabUnavailableException(reason);
        }

        var missing = Needed.Where(n => Find(n.Program) is null).Select(n => n.Package).Distinct().ToList();
        if (missing.Count > 0)
        {
            log($"installing {string.Join(' ', missing)}");
            await InstallAsync(missing, cancellationToken);
        }
    }

    /// <summary>The full path of a program on PATH or in an sbin folder; null when it is not there.</summary>
    internal static string? Find(string program) =>
        Command.StartInfo([program]).Environment["PATH"]!.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static async Task InstallAsync(List<string> packages, CancellationToken cancellationToken)
    {
        // Debian starts a service as soon as it is installed, unless this file forbids it.
        var ours = !File.Exists(ServicePolicy);
        if (ours)
        {
            await File.WriteAllTextAsync(ServicePolicy, "#!/bin/sh\nexit 101\n", cancellationToken);
            File.SetUnixFileMode(ServicePolicy, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        try
        {
            var limit = TimeSpan.FromMinutes(5);
            await Command.MustRunAsync(["apt-get", "update", "-q"], limit: limit, cancellationToken: cancellationToken);
            await Command.MustRunAsync(
                ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-q", "-y", "--no-install-recommends", .. packages],
                limit: limit,
                cancellationToken: cancellationToken);
        }
        finally
        {
            if (ours)
            {
                File.Delete(ServicePolicy);
            }
        }
    }
}
