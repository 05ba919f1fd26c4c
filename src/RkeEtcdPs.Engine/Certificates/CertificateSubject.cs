using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Certificates;

/// <summary>Whom a certificate is for, as RKE writes it.</summary>
/// <param name="CommonName">The subject's common name.</param>
/// <param name="Organization">Its organization, which is a group in Kubernetes; null for none.</param>
/// <param name="Names">Host names and addresses; empty for one that only clients show.</param>
internal sealed record CertificateSubject(string CommonName, string? Organization, IReadOnlyList<string> Names)
{
    /// <summary>The use of a certificate that servers show.</summary>
    public const string ServerUse = "1.3.6.1.5.5.7.3.1";

    /// <summary>The use of a certificate that clients show.</summary>
    public const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private const string DefaultDomain = "cluster.local";
    private const string DefaultServiceRange = "10.43.0.0/16";

    /// <summary>That of every node, with which the API server comes to etcd.</summary>
    public static CertificateSubject Node { get; } = new("system:node", "system:nodes", []);

    /// <summary>That of the members of a cluster: each is for all addresses and names of etcd and control-plane hosts.</summary>
    public static CertificateSubject Etcd(RkeCluster cluster) => new("kube-etcd", null,
    [
        .. cluster.Nodes.Where(node => node.Is(NodeRoles.Etcd) || node.Is(NodeRoles.ControlPlane)).SelectMany(node => new[] { node.Address, node.InternalAddress, node.Name })
            .Concat(
            [
                "localhost", "127.0.0.1", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
                $"kubernetes.default.svc.{cluster.ClusterDomain ?? DefaultDomain}", .. FirstServices(cluster.ServiceClusterIpRange ?? DefaultServiceRange),
            ]).Distinct(StringComparer.OrdinalIgnoreCase),
    ]);

    /// <summary>The first of its names that is neither an address nor a name of DNS, so that no certificate can be for it; null when all can.</summary>
    public string? Unusable => Names.FirstOrDefault(name => !IPAddress.TryParse(name, out _) && !IsOfDns(name));

    /// <summary>What its request says, for a key.</summary>
    public CertificateRequest ToRequest(AsymmetricAlgorithm key)
    {
        X500DistinguishedNameBuilder name = new();
        if (Organization is not null)
        {
            name.AddOrganizationName(Organization);
        }

        name.AddCommonName(CommonName);
        CertificateRequest request = key is RSA rsa
            ? new CertificateRequest(name.Build(), rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(name.Build(), (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, critical: true));
        OidCollection uses = [new Oid(ClientUse)];
        if (Names.Count > 0)
        {
            uses.Add(new Oid(ServerUse));
            request.CertificateExtensions.Add(AlternativeNames());
        }

        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(uses, critical: false));
        return request;
    }

    /// <summary>The addresses of the service <c>kubernetes</c>: the first of each range, of which a cluster of both kinds of addresses has two.</summary>
    /// <remarks>What is no range is passed over: RKE would not have made a cluster with it.</remarks>
    internal static IEnumerable<string> FirstServices(string ranges)
    {
        foreach (string range in ranges.Split(','))
        {
            if (range.Trim().Split('/') is [{ } start, { } length] && IPAddress.TryParse(start, out IPAddress? address) && int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out int bits)
                && address.GetAddressBytes() is var bytes && bits <= bytes.Length * 8)
            {
                yield return AfterFirst(bytes, bits).ToString();
            }
        }
    }

    // The range as it begins, whatever address of it was written, and one more, with carry.
    private static IPAddress AfterFirst(byte[] bytes, int bits)
    {
        for (int index = 0; index < bytes.Length; index++)
        {
            int kept = Math.Clamp(bits - (index * 8), 0, 8);
            bytes[index] &= (byte)(0xFF00 >> kept);
        }

        for (int index = bytes.Length - 1; index >= 0 && ++bytes[index] == 0; index--)
        {
        }

        return new IPAddress(bytes);
    }

    // As it is written into a certificate.
    private static bool IsOfDns(string name)
    {
        try
        {
            new SubjectAlternativeNameBuilder().AddDnsName(name);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private X509Extension AlternativeNames()
    {
        SubjectAlternativeNameBuilder names = new();
        foreach (string name in Names)
        {
            if (IPAddress.TryParse(name, out IPAddress? address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(name);
            }
        }

        return names.Build();
    }
}
