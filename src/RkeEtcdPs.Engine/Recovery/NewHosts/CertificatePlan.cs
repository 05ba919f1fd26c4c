using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RkeEtcdPs.Engine.Certificates;

namespace RkeEtcdPs.Engine.Recovery.NewHosts;

/// <summary>Which certificates the hosts of a restore are given, when one of them gets an etcd container. Changes nothing.</summary>
internal sealed class CertificatePlan(RestoreSession session, RestoreFindings findings)
{
    private AuthoritySearch? _search;

    /// <summary>The cluster's authority; null when it was not found, or not looked for.</summary>
    public CertificateAuthority? Authority { get; private set; }

    /// <summary>Looks for the authority, when any host may need it.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (!session.Members.Any(host => host is { Locked: true, Etcd: null, HasCertificateFolder: true }))
        {
            return;
        }

        _search = new AuthoritySearch(session, findings);
        Authority = await _search.FindAsync(cancellationToken).ConfigureAwait(false);
        session.Keep(Authority);
        foreach ((RestoreHost host, string pem) in _search.OnHosts.Where(one => Authority is not null && !Authority.IsSame(one.Pem)))
        {
            findings.Add(host, new CertificateAuthorityInvalidException(Authority!.Source, $"{host.Node.Name} trusts another one"));
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
    }

    private async Task<NewCertificate> CompleteAsync(RestoreHost host, NewCertificate wanted, CancellationToken cancellationToken)
    {
        bool isNode = wanted.CertificateFile.StartsWith("kube-node", StringComparison.Ordinal);
        string[] hosts = isNode ? [] : [host.Node.InternalAddress];
        IssuedCertificate? given = Authority is null ? null
            : await GivenCertificates.FindAsync(session.Request.CertificateDirectory, wanted, hosts, Authority, host.Look.Now.UtcDateTime, cancellationToken).ConfigureAwait(false);
        return wanted with { Given = given, Subject = isNode ? CertificateSubject.Node : CertificateSubject.Etcd(session.Cluster) };
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
        return EtcdCertificate.Read(certificate, pem, etcd.HostsOf(certificate), host.Look.Now.UtcDateTime).Problem
            ?? (!await host.HasCertificateAsync(keyFile, cancellationToken).ConfigureAwait(false) ? "is there without its key"
                : Authority is not null && !IsSigned(pem!) ? "is of another authority" : null);
    }

    private bool IsSigned(string pem)
    {
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(pem);
        return Authority!.HasSigned(certificate);
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
