using System.Globalization;
using System.Security.Cryptography;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>What is to be restored, and how.</summary>
public sealed record RestoreRequest
{
    /// <summary>The snapshot's name, the same on every host.</summary>
    public required string Name { get; init; }

    /// <summary>The node whose copy is given to the hosts that have none; null when all must have it.</summary>
    public string? SourceNode { get; init; }

    /// <summary>The snapshot in a folder or a bucket that is given to the hosts that have none; null when it is on hosts already.</summary>
    public EtcdSnapshot? Source { get; init; }

    /// <summary>How the bucket of <see cref="Source"/> is reached; null when it is in none.</summary>
    public S3Connection? SourceConnection { get; init; }

    /// <summary>The SHA-256 that the snapshot's content must have; null when that was not said.</summary>
    public string? ContentHash { get; init; }

    /// <summary>Leave everything as it is when the switch fails, to be looked at, instead of putting the old data back.</summary>
    public bool NoRollback { get; init; }

    /// <summary>Do not restart the Kubernetes components after the proof.</summary>
    public bool NoComponentRestart { get; init; }

    /// <summary>Go on in spite of findings that <see cref="RestoreFinding.Forcible"/> says may be passed over.</summary>
    public bool Force { get; init; }

    /// <summary>The etcd hosts that the restored cluster is to have, when not all of cluster.yml; null for all. Needs <see cref="Force"/>.</summary>
    public IReadOnlyList<string>? Nodes { get; init; }

    /// <summary>The image to work with; null to use the rke-tools image that the hosts have.</summary>
    public string? ToolsImage { get; init; }

    /// <summary>The path of RKE's state of the cluster; null for the one beside cluster.yml, if there is one.</summary>
    public string? StateFile { get; init; }

    /// <summary>
    /// A folder with <c>kube-ca.pem</c> and <c>kube-ca-key.pem</c> of the cluster, from which the certificates of a new etcd host are issued, or with those
    /// certificates; null to look for the authority on the hosts and in <see cref="StateFile"/>.
    /// </summary>
    public string? CertificateDirectory { get; init; }

    /// <summary>What is in the state; null when there is none.</summary>
    internal RkeState? State { get; init; }

    /// <summary>The plan that was reviewed; the restore is refused when it is not what would be done now. Null when none was.</summary>
    public RestorePlan? Plan { get; init; }

    /// <summary>How long the members may take to become healthy after they were started.</summary>
    public TimeSpan ProofLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the way back waits for a host that does not answer.</summary>
    public TimeSpan ReturnLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The id of the operation, which begins with its time in UTC.</summary>
    public string Operation { get; init; } = NewOperation();

    /// <summary>Told before a step (no node), and when one host has done it.</summary>
    internal Action<RestoreStep, string?>? Observer { get; init; }

    private static string NewOperation()
        => DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture) + "-" + Convert.ToHexString(RandomNumberGenerator.GetBytes(3)).ToLowerInvariant();
}
