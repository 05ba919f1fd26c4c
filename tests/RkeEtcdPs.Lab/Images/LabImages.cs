namespace RkeEtcdPs.Lab.Images;

/// <summary>The names of the images on every host of a lab.</summary>
internal static class LabImages
{
    /// <summary>Stands for RKE's tools: a shell, busybox's programs and etcdctl.</summary>
    internal const string RkeTools = "rancher/rke-tools:lab";

    /// <summary>Stands for the Kubernetes components; the same as <see cref="RkeTools"/>.</summary>
    internal const string Hyperkube = "rancher/hyperkube:lab";

    private const string EtcdWithShell = "rancher/coreos-etcd:lab";
    private const string EtcdWithoutShell = "rancher/coreos-etcd:lab-noshell";
    private const string EtcdProgram = "/usr/local/bin/etcd";

    /// <summary>etcd and etcdctl, with or without a shell.</summary>
    internal static string Etcd(bool shell) => shell ? EtcdWithShell : EtcdWithoutShell;

    /// <summary>Writes an archive with all of them.</summary>
    internal static async Task WriteAsync(string path, CancellationToken cancellationToken)
    {
        await using var archive = new ImageArchive(path);
        using var client = await ProgramLayer.WithLibrariesAsync(["etcdctl"], "usr/local/bin", cancellationToken);
        using var server = await ProgramLayer.WithLibrariesAsync(["etcd"], "usr/local/bin", cancellationToken);
        using var shell = await ProgramLayer.BusyboxAsync(cancellationToken);
        using var tools = ProgramLayer.RkeTools();
        // The real image hashes with the processor's SHA instructions (busybox 1.36); Debian's busybox 1.35 cannot, but openssl can.
        using var hash = await ProgramLayer.WithLibrariesAsync(["openssl"], "usr/local/bin", cancellationToken);
        await archive.AddImageAsync([RkeTools, Hyperkube], [client, shell, tools, hash], "/bin/sh", ["/opt/rke-tools"], cancellationToken);
        await archive.AddImageAsync([EtcdWithShell], [client, server, shell], EtcdProgram, [], cancellationToken);
        await archive.AddImageAsync([EtcdWithoutShell], [client, server], EtcdProgram, [], cancellationToken);
        await archive.FinishAsync(cancellationToken);
    }
}
