using System.IO.Compression;
using System.Text;
using RkeEtcdPs.Engine.Certificates;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Recovery.NewHosts;

/// <summary>
/// Looks for the cluster's certificate authority with its key: in what was given, on the hosts, in RKE's state beside cluster.yml, and in the zip
/// that RKE made of the snapshot.
/// </summary>
internal sealed class AuthoritySearch(RestoreSession session, RestoreFindings findings)
{
    private const string Authority = "kube-ca";
    private const string HostFolder = "/etc/kubernetes/ssl";

    // RKE's containers that see the folder of the certificates. A file is read through them whether they run or not.
    private static readonly string[] Containers = ["etcd", "kube-apiserver", "kube-controller-manager", "kubelet", "kube-proxy", "kube-scheduler"];

    private readonly List<string> _places = [];
    private readonly List<EtcdSnapshotException> _unusable = [];
    private CertificateAuthority? _withoutKey;

    /// <summary>Where it was looked for in vain.</summary>
    public IReadOnlyList<string> Places => _places;

    /// <summary>What each host has as the certificate of its authority.</summary>
    public IReadOnlyList<(RestoreHost Host, string Pem)> OnHosts { get; private set; } = [];

    private DateTime Now => session.Members.FirstOrDefault(host => host.Locked)?.Look.Now.UtcDateTime ?? DateTime.UtcNow;

    /// <returns>The authority, perhaps without a key when there is none anywhere; null when there is not even that.</returns>
    public async Task<CertificateAuthority?> FindAsync(CancellationToken cancellationToken)
    {
        CertificateAuthority? found = await FindGivenAsync(cancellationToken).ConfigureAwait(false);
        (RestoreHost Host, string? Pem, string? Key)[] read = await Task.WhenAll(session.Hosts.Where(host => host.Connected)
            .OrderByDescending(host => host.IsControlPlane).Select(host => ReadAsync(host, cancellationToken))).ConfigureAwait(false);
        OnHosts = [.. read.Where(one => one.Pem is not null).Select(one => (one.Host, one.Pem!))];
        foreach ((RestoreHost host, string? pem, string? key) in read)
        {
            found ??= pem is null ? Miss($"no {HostFolder}/{Authority}.pem on {host.Node.Name}") : Open(host.Node.Name, pem, key is null ? null : new Secret(key), $"no {HostFolder}/{Authority}-key.pem on {host.Node.Name}");
        }

        found ??= FindInState() ?? await FindInZipsAsync(cancellationToken).ConfigureAwait(false);
        foreach (EtcdSnapshotException failure in _unusable)
        {
            // Where another one is good this one still is a sign that something is wrong.
            if (found is null)
            {
                findings.Add(null, failure);
            }
            else
            {
                findings.Warn(null, failure.Message, $"The one of {found.Source} is taken.");
            }
        }

        return found ?? _withoutKey;
    }

    private async Task<CertificateAuthority?> FindGivenAsync(CancellationToken cancellationToken)
    {
        CertificateAuthority? found = null;
        if (session.Request.CertificateDirectory is { } folder)
        {
            string? pem = await GivenCertificates.ReadAsync(folder, $"{Authority}.pem", cancellationToken).ConfigureAwait(false);
            string? key = await GivenCertificates.ReadAsync(folder, $"{Authority}-key.pem", cancellationToken).ConfigureAwait(false);
            found = pem is null ? Miss($"no {Authority}.pem in {folder}") : Open(folder, pem, key is null ? null : new Secret(key), $"no {Authority}-key.pem in {folder}");
        }

        return found ?? (session.Request is { StateFile: not null, State: { } state } ? OpenState(state) : null);
    }

    private CertificateAuthority? FindInState() => session.Request switch
    {
        { StateFile: not null } => null, // It was looked at before.
        { State: { } state } => OpenState(state),
        _ => Miss(RkeStateFile.PathOf(session.Cluster) is { } path ? $"{(File.Exists(path) ? "nothing of use in" : "no")} {path}" : "no state beside a cluster.yml that came as text"),
    };

    // With later versions of RKE the state lies in the zip beside the database.
    private async Task<CertificateAuthority?> FindInZipsAsync(CancellationToken cancellationToken)
    {
        if (session.Request.Source is { Location: SnapshotLocation.File, IsZip: true } given && OpenZip(given.Path) is { } state)
        {
            return OpenState(state);
        }

        foreach (RestoreHost host in session.Members.Where(host => host.Locked))
        {
            ProgramResult said = await host.RunQuietlyAsync("state", session.Request.Name, cancellationToken).ConfigureAwait(false);
            if (said is { ExitCode: 0, Output.Length: > 0 })
            {
                string source = $"{host.Node.Name}:{SnapshotFolder.Path}/{session.Request.Name}.zip";
                return Read(source, () => RkeStateFile.Parse(source, Encoding.UTF8.GetBytes(said.Output)));
            }
        }

        return Miss("no zip of the snapshot that has it");
    }

    private RkeState? OpenZip(string path)
    {
        try
        {
            using ZipArchive zip = ZipFile.OpenRead(path);
            if (zip.Entries.FirstOrDefault(entry => entry.FullName.EndsWith(".rkestate", StringComparison.Ordinal)) is not { } entry)
            {
                return null;
            }

            using Stream stream = entry.Open();
            using MemoryStream bytes = new();
            stream.CopyTo(bytes);
            return RkeStateFile.Parse(path, bytes.ToArray());
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null; // That it cannot be read is said where the snapshot is.
        }
        catch (StateFileInvalidException failure)
        {
            _unusable.Add(failure);
            return null;
        }
    }

    private CertificateAuthority? Read(string source, Func<RkeState> read)
    {
        try
        {
            return OpenState(read());
        }
        catch (StateFileInvalidException)
        {
            return Miss($"nothing of use in {source}");
        }
    }

    private CertificateAuthority? OpenState(RkeState state)
        => state.Certificates.TryGetValue(Authority, out (string Certificate, Secret Key) pair) ? Open(state.Source, pair.Certificate, pair.Key, "") : Miss($"no {Authority} with its key in {state.Source}");

    private CertificateAuthority? Open(string source, string pem, Secret? key, string withoutKey)
    {
        try
        {
            CertificateAuthority opened = CertificateAuthority.Open(source, pem, key, Now);
            if (opened.HasKey)
            {
                return opened;
            }

            _withoutKey ??= opened;
            return Miss(withoutKey);
        }
        catch (CertificateAuthorityInvalidException failure)
        {
            _unusable.Add(failure);
            return null;
        }
    }

    private CertificateAuthority? Miss(string place)
    {
        _places.Add(place);
        return null;
    }

    private static async Task<(RestoreHost Host, string? Pem, string? Key)> ReadAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        if (host.Locked && host.HasCertificateFolder)
        {
            return (host, await host.ReadCertificateAsync($"{Authority}.pem", cancellationToken).ConfigureAwait(false), await host.ReadCertificateAsync($"{Authority}-key.pem", cancellationToken).ConfigureAwait(false));
        }

        foreach (string container in Containers)
        {
            if (await ContainerFile.ReadTextAsync(host.Engine, container, $"{HostFolder}/{Authority}.pem", cancellationToken).ConfigureAwait(false) is { } pem)
            {
                return (host, pem, await ContainerFile.ReadTextAsync(host.Engine, container, $"{HostFolder}/{Authority}-key.pem", cancellationToken).ConfigureAwait(false));
            }
        }

        return (host, null, null);
    }
}
