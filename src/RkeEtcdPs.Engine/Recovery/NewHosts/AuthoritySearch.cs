using System.Text;
using RkeEtcdPs.Engine.Certificates;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Recovery.NewHosts;

/// <summary>
/// Looks for the cluster's certificate authority with its key: in what was given, on the hosts, in RKE's state beside cluster.yml, and in the zip
/// that RKE made of the snapshot. No key is read once a good one was found.
/// </summary>
internal sealed class AuthoritySearch(RestoreSession session, RestoreFindings findings)
{
    /// <summary>The name of the authority's certificate, as of its files.</summary>
    public const string Authority = "kube-ca";
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
        (RestoreHost Host, Func<string, Task<string?>> Read, string? Pem)[] read = await Task.WhenAll(session.Hosts.Where(host => host.Connected)
            .OrderByDescending(host => host.IsControlPlane).Select(host => OpenAsync(host, cancellationToken))).ConfigureAwait(false);
        OnHosts = [.. read.Where(one => one.Pem is not null).Select(one => (one.Host, one.Pem!))];
        foreach ((RestoreHost host, Func<string, Task<string?>> file, string? pem) in read)
        {
            found ??= pem is null
                ? Miss($"no {HostFolder}/{Authority}.pem on {host.Node.Name}")
                : Open(host.Node.Name, pem, Wrap(await file($"{Authority}-key.pem").ConfigureAwait(false)), $"no {HostFolder}/{Authority}-key.pem on {host.Node.Name}");
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

    /// <summary>The state in the zip of the snapshot on a host.</summary>
    /// <returns>Null when none has it.</returns>
    public async Task<RkeState?> FindStateOnHostsAsync(CancellationToken cancellationToken)
    {
        foreach (RestoreHost host in session.Members.Where(host => host.Locked))
        {
            ProgramResult said = await host.RunQuietlyAsync("state", session.Request.Name, cancellationToken).ConfigureAwait(false);
            string source = $"{host.Node.Name}:{SnapshotFolder.Path}/{session.Request.Name}.zip";
            try
            {
                if (said is { ExitCode: 0, Output.Length: > 0 })
                {
                    return RkeStateFile.Parse(source, Encoding.UTF8.GetBytes(said.Output));
                }
            }
            catch (StateFileInvalidException)
            {
                Miss($"nothing of use in {source}");
            }
        }

        return null;
    }

    private async Task<CertificateAuthority?> FindGivenAsync(CancellationToken cancellationToken)
    {
        CertificateAuthority? found = null;
        if (session.Request.CertificateDirectory is { } folder)
        {
            string? pem = await GivenCertificates.ReadAsync(folder, $"{Authority}.pem", cancellationToken).ConfigureAwait(false);
            string? key = await GivenCertificates.ReadAsync(folder, $"{Authority}-key.pem", cancellationToken).ConfigureAwait(false);
            found = pem is null ? Miss($"no {Authority}.pem in {folder}") : Open(folder, pem, Wrap(key), $"no {Authority}-key.pem in {folder}");
        }

        return found ?? (session.Request is { StateFile: not null, State: { } state } ? OpenState(state) : null);
    }

    private CertificateAuthority? FindInState() => session.Request switch
    {
        { StateFile: not null } => null, // It was looked at before.
        { State: { } state } => OpenState(state),
        _ => Miss(RkeStateFile.PathOf(session.Cluster) is { } path ? $"{(File.Exists(path) ? "nothing of use in" : "no")} {path}" : "no state beside a cluster.yml that came as text"),
    };

    // Where there is a state that has none, the zip may yet.
    private async Task<CertificateAuthority?> FindInZipsAsync(CancellationToken cancellationToken)
    {
        RkeState? state = null;
        try
        {
            state = await StateInZip.FindAsync(session.Request.Source, session.Request.SourceConnection, cancellationToken).ConfigureAwait(false);
        }
        catch (StateFileInvalidException failure)
        {
            _unusable.Add(failure);
        }
        catch (EtcdSnapshotException)
        {
            // That it cannot be read is said where the snapshot is.
        }

        state ??= await FindStateOnHostsAsync(cancellationToken).ConfigureAwait(false);
        return state is null ? Miss("no zip of the snapshot that has it") : OpenState(state);
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

    private static Secret? Wrap(string? key) => key is null ? null : new Secret(key);

    // Its certificate, and the way by which that was read.
    private static async Task<(RestoreHost Host, Func<string, Task<string?>> Read, string? Pem)> OpenAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        if (host.Locked && host.HasCertificateFolder)
        {
            Task<string?> Read(string name) => host.ReadCertificateAsync(name, cancellationToken);
            return (host, Read, await Read($"{Authority}.pem").ConfigureAwait(false));
        }

        foreach (string container in Containers)
        {
            Task<string?> Read(string name) => ContainerFile.ReadTextAsync(host.Engine, container, $"{HostFolder}/{name}", cancellationToken);
            if (await Read($"{Authority}.pem").ConfigureAwait(false) is { } pem)
            {
                return (host, Read, pem);
            }
        }

        return (host, _ => Task.FromResult<string?>(null), null);
    }
}
