using System.Management.Automation;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>A cmdlet that works on hosts of clusters and on buckets.</summary>
public abstract class S3Cmdlet : ClusterCmdlet
{
    /// <summary>The folder of a bucket: <c>s3://bucket/folder</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Uri { get; set; }

    /// <summary>The bucket and folder of <c>s3backupconfig</c> in cluster.yml, with all that it says of them.</summary>
    [Parameter]
    public SwitchParameter S3 { get; set; }

    /// <summary>The S3 server, as host, host:port or URL. Amazon's when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Endpoint { get; set; }

    /// <summary>The region of the bucket.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Region { get; set; }

    /// <summary>A file of certificates in PEM form, one of which has signed the server's.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CaCertificate { get; set; }

    /// <summary>Access key as user name and secret key as password. Without it the profile, cluster.yml or the SDK's chain say who we are.</summary>
    [Parameter]
    [Credential]
    [ValidateNotNull]
    public PSCredential? Credential { get; set; }

    /// <summary>A profile of the AWS configuration files.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ProfileName { get; set; }

    /// <summary>True when buckets are used.</summary>
    private protected bool UsesBucket => Uri is not null || S3;

    /// <summary>How a bucket is reached that is only known by an address.</summary>
    private protected S3Connection Connection => Complete(new S3Connection());

    /// <summary>The folders that <see cref="Uri"/> and <see cref="S3"/> mean.</summary>
    /// <exception cref="StoreUnavailableException">The address is none, or a cluster has no <c>s3backupconfig</c>.</exception>
    private protected IReadOnlyList<(S3Address Address, S3Connection Connection)> Buckets(IReadOnlyList<RkeCluster> clusters)
    {
        List<(S3Address, S3Connection)> buckets = [];
        if (S3)
        {
            foreach (RkeCluster cluster in clusters)
            {
                (S3Connection connection, S3Address address) = S3Connection.From(cluster.Etcd.Backup?.S3
                    ?? throw new StoreUnavailableException($"of cluster {cluster.Name}", "its cluster.yml has no s3backupconfig", "Add services.etcd.backup_config.s3backupconfig, or give -Uri."));
                buckets.Add((address, Complete(connection)));
            }
        }

        if (Uri is not null)
        {
            buckets.Add((S3Address.Parse(Uri), Connection));
        }

        return buckets;
    }

    /// <summary>Adds what the parameters say, which goes before cluster.yml.</summary>
    private protected virtual S3Connection Complete(S3Connection connection) => connection with
    {
        Endpoint = Endpoint ?? connection.Endpoint,
        Region = Region ?? connection.Region,
        CustomCa = CaCertificate is null ? connection.CustomCa : CertificateFile.Read(CmdletHost.ResolvePath(CaCertificate, literal: true)[0]),
        AccessKey = Credential is null ? (ProfileName is null ? connection.AccessKey : null) : new Secret(Credential.UserName),
        SecretKey = Credential is null ? (ProfileName is null ? connection.SecretKey : null) : new Secret(Credential.GetNetworkCredential().Password),
        ProfileName = ProfileName,
    };
}
