using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RkeEtcdPs.Engine.Certificates;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Recovery.NewHosts;

/// <summary>Which certificates the hosts of a restore are given, when one of them gets an etcd container. Changes nothing.</summary>
internal sealed class CertificatePlan(RestoreSession session, RestoreFindings findings)
{
    private AuthoritySearch? _search;

    /// <summary>The cluster's authority; null when it was not found, or not looked for.</summary>
    public CertificateAuthority? Authority { get; private set; }

    /// <summary>RKE's state of the cluster as the zip of the snapshot on a host has it; null when none was found, or none is needed.</summary>
    public RkeState? StateOnHosts { get; private set; }

    /// <summary>Looks for the authority, when any host may need it.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (!session.Members.Any(host => host is { Locked: true, Etcd: null, HasCertificateFolder: true }))
        {
            if (session.Members.All(host => host.Etcd is not null))
            {
                WarnOfNeedless();
            }

            return;
        }

        _search = new AuthoritySearch(session, findings);
        if (session.Request.State is null && session.Hosts.All(host => host.Etcd is null))
        {
            StateOnHosts = await _search.FindStateOnHostsAsync(cancellationToken).ConfigureAwait(false);
        }

        Authority = await _search.FindAsync(cancellationToken).ConfigureAwait(false);
        session.Keep(Authority);
        foreach ((RestoreHost host, string pem) in _search.OnHosts.Where(one => Authority is not null && !Authority.IsSame(one.Pem)))
        {
            findings.Add(host, new CertificateAuthorityInvalidException(Authority!.Source, $"{host.Node.Name} trusts another one"));
        }

        CheckState(session.Request.State ?? StateOnHosts);
        if (CertificateSubject.Etcd(session.Cluster).Unusable is { } name)
        {
            findings.Add(null, "RestoreNotSafe", $"No certificate can be for {name}: it is no name of DNS.", "Look at the names of the nodes in cluster.yml, and at services.kubelet.cluster_domain.");
        }
    }

    // Where hosts trust it the state may be older; where none is left to be asked it is all that tells whose it is.
    private void CheckState(RkeState? state)
    {
        if (Authority is not null && _search!.OnHosts.Count == 0
            && state?.Certificates.TryGetValue(AuthoritySearch.Authority, out (string Certificate, Secret Key) known) == true && !Authority.IsSame(known.Certificate))
        {
            findings.Add(null, new CertificateAuthorityInvalidException(Authority.Source, $"the one of this cluster is another, as {state.Source} has it"));
        }
    }

    /// <summary>Says what a host is given.</summary>
    public async Task CheckAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        if (_search is null || (host.Etcd ?? host.Planned) is not { CertificateFolder: not null } etcd)
        {
            return;
        }

        List<NewCertificate> wanted = [];
        foreach (string path in host.Etcd is null ? etcd.Authorities : [])
        {
            if (FileOf(host, etcd, path) is { } file && await host.ReadCertificateAsync(file, cancellationToken).ConfigureAwait(false) is null)
            {
                wanted.Add(new NewCertificate(file, null, "is not there"));
            }
        }

        foreach ((string certificate, string key) in etcd.Pairs)
        {
            string? problem = host.Etcd is null
                ? await FindProblemAsync(host, certificate, key, cancellationToken).ConfigureAwait(false)
                : await FindLackingAsync(host, certificate, cancellationToken).ConfigureAwait(false);
            if (problem is not null && FileOf(host, etcd, certificate) is { } file && FileOf(host, etcd, key) is { } keyFile && wanted.All(one => one.CertificateFile != file))
            {
                wanted.Add(await CompleteAsync(host, new NewCertificate(file, keyFile, problem), cancellationToken).ConfigureAwait(false));
            }
        }

        Decide(host, wanted);
    }

    private void WarnOfNeedless()
    {
        (string Name, string? Value)[] given = [("-CertificateDirectory", session.Request.CertificateDirectory), ("-StateFile", session.Request.StateFile)];
        foreach ((string name, _) in given.Where(one => one.Value is not null))
        {
            findings.Warn(null, $"{name} was not needed: every host has an etcd container, and nothing is issued.", "What the hosts have is used as it is.");
        }
    }

    private void Decide(RestoreHost host, List<NewCertificate> wanted)
    {
        NewCertificate[] open = [.. wanted.Where(one => one is { KeyFile: not null, Given: null } || Authority is null)];
        if (open.Length == 0 || Authority is { HasKey: true })
        {
            host.NewCertificates = wanted;
        }
        else if (host.Etcd is null)
        {
            string needs = $"{host.Node.Name} needs {string.Join(", ", open.Select(one => $"{one.CertificateFile} ({one.Reason})"))},";
            findings.Add(host, new CertificateAuthorityMissingException(needs, _search!.Places));
        }
        else
        {
            findings.Warn(
                host,
                $"{string.Join(", ", open.Select(one => $"{one.CertificateFile} {one.Reason}"))}, and the authority's key to issue it anew was not found: {string.Join("; ", _search!.Places)}.",
                "Peers that verify each other's names do not take it; give the authority with -CertificateDirectory or -StateFile.");
        }
    }

    private async Task<NewCertificate> CompleteAsync(RestoreHost host, NewCertificate wanted, CancellationToken cancellationToken)
    {
        bool isNode = wanted.CertificateFile.StartsWith("kube-node", StringComparison.Ordinal);
        // One that there is is replaced for the names of the others.
        string[] hosts = isNode ? [] : host.Etcd is null ? [host.Node.InternalAddress] : [.. session.Members.Select(member => member.Node.InternalAddress)];
        (IssuedCertificate? given, string? problem) = Authority is null ? default
            : await GivenCertificates.FindAsync(session.Request.CertificateDirectory, wanted, hosts, Authority, host.Look.Now.UtcDateTime, cancellationToken).ConfigureAwait(false);
        if (problem is not null)
        {
            findings.Warn(host, $"The given {wanted.CertificateFile} {problem}.", "It is not used.");
        }

        string reason = problem is null ? wanted.Reason : $"{wanted.Reason}, and the given one {problem}";
        return wanted with { Given = given, Reason = reason, Subject = isNode ? CertificateSubject.Node : CertificateSubject.Etcd(session.Cluster) };
    }

    // What is good is kept.
    private async Task<string?> FindProblemAsync(RestoreHost host, string certificate, string key, CancellationToken cancellationToken)
    {
        EtcdDeployment etcd = host.Planned!;
        if (FileOf(host, etcd, certificate) is not { } file || FileOf(host, etcd, key) is not { } keyFile)
        {
            findings.Add(host, "RestoreNotSafe", $"Its etcd is to use the certificate {certificate} with the key {key}, which are not in {etcd.CertificateFolder}.", "Put them there by hand.");
            return null;
        }

        string? pem = await host.ReadCertificateAsync(file, cancellationToken).ConfigureAwait(false);
        // As the authority's, into memory: no image of a new host is sure to have a program that could compare them there.
        Secret? secret = pem is not null && await host.ReadCertificateAsync(keyFile, cancellationToken).ConfigureAwait(false) is { } text ? new Secret(text) : null;
        return CertificatePair.FindProblem(certificate, pem, secret, etcd.HostsOf(certificate), Authority, host.Look.Now.UtcDateTime);
    }

    // The members that there are know nothing of the new host, and RKE has the addresses of all in the certificate of each.
    private async Task<string?> FindLackingAsync(RestoreHost host, string certificate, CancellationToken cancellationToken)
    {
        EtcdDeployment etcd = host.Etcd!;
        if (!certificate.StartsWith($"{etcd.CertificateFolder}/kube-etcd-", StringComparison.Ordinal)
            || await host.ReadCertificateAsync(certificate[(etcd.CertificateFolder!.Length + 1)..], cancellationToken).ConfigureAwait(false) is not { } pem)
        {
            return null;
        }

        try
        {
            using X509Certificate2 found = X509Certificate2.CreateFromPem(pem);
            string[] lacking = [.. session.Members.Select(member => member.Node.InternalAddress).Where(address => !found.MatchesHostname(address, allowWildcards: true, allowCommonName: false))];
            // Not for itself either: that is another matter, and refused.
            return lacking.Length == 0 || lacking.Contains(host.Node.InternalAddress) ? null : $"is not for {string.Join(", ", lacking)}";
        }
        catch (CryptographicException)
        {
            return null; // Said by the check of what is there.
        }
    }

    // The name of a file in the folder of the certificates; null when it is to be elsewhere.
    private static string? FileOf(RestoreHost host, EtcdDeployment etcd, string path)
        => host.HasCertificateFolder && path.StartsWith(etcd.CertificateFolder + "/", StringComparison.Ordinal) && path[(etcd.CertificateFolder!.Length + 1)..] is { } file && !file.Contains('/', StringComparison.Ordinal) ? file : null;
}
