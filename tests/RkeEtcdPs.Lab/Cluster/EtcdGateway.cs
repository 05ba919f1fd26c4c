using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using RkeEtcdPs.Lab.Network;
using RkeEtcdPs.Lab.State;

namespace RkeEtcdPs.Lab.Cluster;

/// <summary>Writes to an etcd member through its JSON gateway, which is much faster than one etcdctl a key.</summary>
internal sealed class EtcdGateway : IDisposable
{
    // etcd takes up to 128 operations and 1.5 MiB in a request.
    private const int PutsPerRequest = 100;
    private const int ValueBytes = 10_000;
    private const int Writers = 4;
    private readonly HttpClient _client;
    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _certificate;

    /// <summary>For the member on a host.</summary>
    internal EtcdGateway(HostDescription host)
    {
        var ssl = $"/proc/{host.Init.Pid}/root/etc/kubernetes/ssl";
        _authority = X509CertificateLoader.LoadCertificateFromFile($"{ssl}/kube-ca.pem");
        _certificate = X509Certificate2.CreateFromPemFile($"{ssl}/kube-node.pem", $"{ssl}/kube-node-key.pem");
        var endpoint = new IPEndPoint(IPAddress.Parse(host.InternalAddress), 2379);
        _client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) => await NetworkNamespace.ConnectAsync(host.Init, endpoint, cancellationToken),
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [_certificate],
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { _authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        })
        {
            BaseAddress = new Uri($"https://{endpoint}"),
        };
    }

    /// <summary>Writes random values under new keys until so many bytes are written.</summary>
    /// <param name="prefix">How the keys begin.</param>
    /// <param name="bytes">At least so many; up to one request more.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    internal Task FillAsync(string prefix, long bytes, CancellationToken cancellationToken)
    {
        const int requestBytes = PutsPerRequest * ValueBytes;
        var requests = (int)((bytes + requestBytes - 1) / requestBytes);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Writers, CancellationToken = cancellationToken };
        return Parallel.ForAsync(0, requests, options, async (_, token) => await PutAsync(prefix, token));
    }

    /// <summary>Raises the alarm that a member raises when its database has reached its quota.</summary>
    internal async Task RaiseNoSpaceAlarmAsync(ulong member, CancellationToken cancellationToken)
    {
        var alarm = new { action = "ACTIVATE", memberID = member.ToString(CultureInfo.InvariantCulture), alarm = "NOSPACE" };
        using var response = await _client.PostAsJsonAsync(new Uri("/v3/maintenance/alarm", UriKind.Relative), alarm, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _client.Dispose();
        _certificate.Dispose();
        _authority.Dispose();
    }

    private async Task PutAsync(string prefix, CancellationToken cancellationToken)
    {
        var puts = Enumerable.Range(0, PutsPerRequest).Select(_ => new
        {
            requestPut = new
            {
                key = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{prefix}{Guid.NewGuid():N}")),
                value = Convert.ToBase64String(RandomNumberGenerator.GetBytes(ValueBytes)),
            },
        });
        using var response = await _client.PostAsJsonAsync(new Uri("/v3/kv/txn", UriKind.Relative), new { success = puts }, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new LabException($"etcd answered {response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }
}
