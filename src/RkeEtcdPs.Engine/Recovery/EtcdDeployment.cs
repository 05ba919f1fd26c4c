using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Docker.DotNet;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Members;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>The etcd container of a host as it is configured, running or not.</summary>
internal sealed class EtcdDeployment
{
    /// <summary>The container's name.</summary>
    public const string Name = "etcd";

    private static readonly string[] CertificateFlags = ["cert-file", "trusted-ca-file", "peer-trusted-ca-file"];

    private static readonly string[] KeyFlags = ["key-file", "peer-key-file"];

    private readonly EtcdFlags _flags;

    private EtcdDeployment(RkeNode node, ContainerInspectResponse found)
    {
        Inspected = found;
        _flags = new EtcdFlags(found);
        MemberName = _flags.Of("name") ?? node.EtcdMemberName;
        PeerUrls = _flags.Of("initial-advertise-peer-urls") ?? node.EtcdPeerUrl;
        DataFolder = (_flags.Of("data-dir") ?? "/var/lib/rancher/etcd").TrimEnd('/');
        HostDataFolder = OnHost(DataFolder);
        Certificates = [.. CertificateFlags.Select(_flags.Of).Append(PeerCertificate).OfType<string>().Where(path => path.Length > 0).Distinct(StringComparer.Ordinal)];
        Keys = [.. KeyFlags.Select(_flags.Of).OfType<string>().Where(path => path.Length > 0).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>A container as it is to be.</summary>
    public static EtcdDeployment Of(RkeNode node, ContainerInspectResponse planned) => new(node, planned);

    public ContainerInspectResponse Inspected { get; }

    public string Id => Inspected.ID;

    /// <summary>The image's id.</summary>
    public string Image => Inspected.Image;

    public bool Running => Inspected.State is { Running: true, Restarting: false };

    /// <summary>Whether it runs, now and then too, or will without anybody's doing.</summary>
    public bool ComesBack => Inspected is { State.Running: true } or not { HostConfig.RestartPolicy.Name: RestartPolicyKind.No or RestartPolicyKind.Undefined };

    /// <summary>The member's name.</summary>
    public string MemberName { get; }

    /// <summary>Where its peers reach it; more than one are separated by commas.</summary>
    public string PeerUrls { get; }

    /// <summary>The data folder inside the container.</summary>
    public string DataFolder { get; }

    /// <summary>The same on the host; null when it is in no mount, and so would not survive the container.</summary>
    public string? HostDataFolder { get; }

    /// <summary>A folder for the write-ahead log outside of the data; null, as with RKE, when there is none.</summary>
    public string? WalFolder => _flags.Of("wal-dir") is { Length: > 0 } folder ? folder : null;

    /// <summary>The certificate that its peers see, inside the container; null without TLS.</summary>
    public string? PeerCertificate => _flags.Of("peer-cert-file") is { Length: > 0 } path ? path : null;

    /// <summary>The names and addresses for which a certificate of it must be: those of its peer URLs for that one, and none for others.</summary>
    public IReadOnlyList<string> HostsOf(string certificate) => HostsOf(certificate, PeerUrls);

    /// <summary>The same, for a container made after this one, which its peers reach at other URLs.</summary>
    public IReadOnlyList<string> HostsOf(string certificate, string peerUrls) => certificate == PeerCertificate
        ? [.. peerUrls.Split(',').Select(url => Uri.TryCreate(url, UriKind.Absolute, out Uri? peer) ? peer.DnsSafeHost : null).OfType<string>()]
        : [];

    /// <summary>All public certificates that it uses, inside the container.</summary>
    public IReadOnlyList<string> Certificates { get; }

    /// <summary>Their private keys, inside the container.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>The certificates that it and its etcdctl show, each with its key, inside the container.</summary>
    public IReadOnlyList<(string Certificate, string Key)> Pairs
    {
        get
        {
            (string? Certificate, string? Key)[] pairs =
            [
                (_flags.Of("cert-file"), _flags.Of("key-file")),
                (PeerCertificate, _flags.Of("peer-key-file")),
                (_flags.Variable("ETCDCTL_CERT"), _flags.Variable("ETCDCTL_KEY")),
            ];
            return [.. pairs.Where(pair => pair is { Certificate.Length: > 0, Key.Length: > 0 }).Select(pair => (pair.Certificate!, pair.Key!)).Distinct()];
        }
    }

    /// <summary>The certificates of authorities that it and its etcdctl trust, inside the container.</summary>
    public IReadOnlyList<string> Authorities =>
        [.. ((string?[])[_flags.Of("trusted-ca-file"), _flags.Of("peer-trusted-ca-file"), _flags.Variable("ETCDCTL_CACERT")]).OfType<string>().Where(path => path.Length > 0).Distinct(StringComparer.Ordinal)];

    /// <summary>The folder of its certificates, inside the container; null without TLS.</summary>
    public string? CertificateFolder => (PeerCertificate ?? _flags.Of("cert-file")) is { } path && path.LastIndexOf('/') is var slash and > 0 ? path[..slash] : null;

    /// <summary>The same on the host; null when it is in no mount.</summary>
    public string? HostCertificateFolder => CertificateFolder is { } folder ? OnHost(folder) : null;

    /// <summary>The user and group as whom it runs, in numbers; null for root, or when that is not known.</summary>
    public (int User, int Group)? Owner => Inspected.Config?.User?.Split(':') is [{ } user, { } group] && int.TryParse(user, out int uid) && int.TryParse(group, out int gid) ? (uid, gid) : null;

    /// <summary>The peer URLs of the members with which it was made.</summary>
    public IReadOnlyList<string> InitialPeers => [.. (_flags.Of("initial-cluster") ?? "").Split(',').Select(member => member[(member.IndexOf('=', StringComparison.Ordinal) + 1)..]).Where(url => url.Length > 0)];

    /// <summary>The SHA-256 of how it is configured, in hexadecimal.</summary>
    public string Design => Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        new { Inspected.Config?.Image, Inspected.Config?.Entrypoint, Inspected.Config?.Cmd, Inspected.Config?.Env, Inspected.Config?.Labels, Inspected.Config?.User, Inspected.Config?.WorkingDir, Inspected.HostConfig }))).ToLowerInvariant();

    /// <summary>The restart policy as the record keeps it.</summary>
    public string RestartPolicy => Inspected.HostConfig?.RestartPolicy is { } policy ? $"{policy.Name}:{policy.MaximumRetryCount}" : $"{RestartPolicyKind.No}:0";

    public static async Task<EtcdDeployment?> FindAsync(DockerEngine engine, CancellationToken cancellationToken)
    {
        ContainerInspectResponse? found = await InspectAsync(engine, Name, cancellationToken).ConfigureAwait(false);
        return found is null ? null : new EtcdDeployment(engine.Node, found);
    }

    public static Task<ContainerInspectResponse?> InspectAsync(DockerEngine engine, string container, CancellationToken cancellationToken) => engine.AskAsync(
        async (docker, token) =>
        {
            try
            {
                return await docker.Containers.InspectContainerAsync(container, token).ConfigureAwait(false);
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }
        },
        cancellationToken);

    private string? OnHost(string path)
    {
        MountPoint? mount = Inspected.Mounts?
            .Where(mount => mount.Destination is not null && (path + "/").StartsWith(mount.Destination.TrimEnd('/') + "/", StringComparison.Ordinal))
            .MaxBy(mount => mount.Destination.Length);
        return mount is null ? null : (mount.Source.TrimEnd('/') + path[mount.Destination.TrimEnd('/').Length..]).TrimEnd('/');
    }
}
