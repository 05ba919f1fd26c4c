using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.S3;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>Makes clients of the SDK that any S3-compatible server understands.</summary>
internal static class S3Client
{
    private const string DefaultRegion = "us-east-1";
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(15);

    public static AmazonS3Client Create(S3Connection connection)
    {
        AmazonS3Config config = new()
        {
            MaxErrorRetry = connection.Retries,
            RetryMode = RequestRetryMode.Standard,
            // Checksums in trailers are Amazon's own; others refuse them.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            HttpClientFactory = new ClientFactory(connection),
        };
        if (connection.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.Contains("://", StringComparison.Ordinal) ? endpoint : $"https://{endpoint}";
            config.ForcePathStyle = true;
            config.AuthenticationRegion = connection.Region ?? DefaultRegion;
        }
        else if (connection.Region is { } region)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        return Credentials(connection) is { } credentials ? new AmazonS3Client(credentials, config) : new AmazonS3Client(config);
    }

    private static AWSCredentials? Credentials(S3Connection connection)
    {
        if (connection is { AccessKey: { } access, SecretKey: { } secret })
        {
            return new BasicAWSCredentials(access.Reveal(), secret.Reveal());
        }

        if (connection.ProfileName is not { } profile)
        {
            return null;
        }

        // The SDK reads this variable once in the life of a process, which in a session may be before the user sets it.
        string? file = Environment.GetEnvironmentVariable("AWS_SHARED_CREDENTIALS_FILE");
        AWSCredentials? found = null;
        _ = (!string.IsNullOrEmpty(file) && new CredentialProfileStoreChain(file).TryGetAWSCredentials(profile, out found))
            || new CredentialProfileStoreChain().TryGetAWSCredentials(profile, out found);
        return found ?? throw new S3ProfileMissingException(profile);
    }

    /// <summary>One pool of connections for each client, which trusts whom it was told to.</summary>
    private sealed class ClientFactory(S3Connection connection) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig)
        {
            SocketsHttpHandler handler = new() { AllowAutoRedirect = false, ConnectTimeout = ConnectLimit, PooledConnectionLifetime = TimeSpan.FromMinutes(10) };
            if (connection.CustomCa is { } pem)
            {
                X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                policy.CustomTrustStore.ImportFromPem(pem);
                handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
            }

            return new HttpClient(handler) { Timeout = connection.RequestTimeout };
        }

        // Its certificates are this client's own.
        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;
    }
}
