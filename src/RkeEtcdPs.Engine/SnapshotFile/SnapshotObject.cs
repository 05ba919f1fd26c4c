namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>A key in a snapshot, and the Kubernetes object it stands for. The value itself is read with <see cref="SnapshotReader.ReadValue"/>
/// and <see cref="SnapshotReader.WithValue"/>.</summary>
public sealed record SnapshotObject
{
    private const string RkeStateName = "full-cluster-state";

    // Of RKE before 0.2: cluster.yml with all that is secret in it.
    private const string OldRkeStateName = "cluster-state";

    /// <summary>The full path of the snapshot it is in; null when that was opened from a stream.</summary>
    public string? Snapshot { get; init; }

    /// <summary>The etcd key, such as <c>/registry/configmaps/kube-system/full-cluster-state</c>. Bytes that are no UTF-8 show as U+FFFD.</summary>
    public required string Key { get; init; }

    /// <summary>The API version, such as <c>apps/v1</c>; null when the value does not tell: it is encrypted or not of Kubernetes.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The kind, such as <c>Deployment</c>: from the value, or for Kubernetes' own resources from the key. Null when neither tells.</summary>
    public string? Kind { get; init; }

    /// <summary>The resource in the key, such as <c>deployments</c>, a custom one with its group behind a dot; null when the key is not of Kubernetes.</summary>
    public string? Resource { get; init; }

    /// <summary>The namespace; null for an object of the whole cluster and for a key that is not of Kubernetes.</summary>
    public string? Namespace { get; init; }

    /// <summary>The name; null when the key is not of Kubernetes.</summary>
    public string? Name { get; init; }

    /// <summary>The revision that created the key.</summary>
    public required long CreateRevision { get; init; }

    /// <summary>The revision that wrote the value.</summary>
    public required long ModRevision { get; init; }

    /// <summary>How often the key was written since it was created.</summary>
    public required long Version { get; init; }

    /// <summary>The bytes of the value.</summary>
    public required long Size { get; init; }

    /// <summary>How the value is written.</summary>
    public required ValueEncoding Encoding { get; init; }

    /// <summary>True when the API server encrypted the value.</summary>
    public bool Encrypted => Encoding == ValueEncoding.Encrypted;

    /// <summary>The etcd lease it ends with; 0 for none.</summary>
    public required long Lease { get; init; }

    /// <summary>True for RKE's own record of the cluster: the ConfigMap, in later versions the Secret, <c>full-cluster-state</c> in kube-system.</summary>
    public bool IsRkeState => Name == RkeStateName && Namespace == "kube-system" && (Resource is "configmaps" or "secrets");

    /// <summary>
    /// True when its value tells a secret to whoever reads it: a Secret that the API server did not encrypt, or RKE's record of the cluster,
    /// which has the private keys of all its certificates; also what by its kind is a token, a credential or the like, as Rancher keeps them.
    /// Other custom resources may hold secrets that nobody can tell from their kind.
    /// </summary>
    public bool HoldsSecret => !Encrypted && (IsRkeState || Name == OldRkeStateName || SecretNames.IsIn(Resource) || SecretNames.IsIn(Kind));

    /// <summary>The value as etcd holds it; null when it was not asked for.</summary>
    public byte[]? Raw { get; init; }

    /// <summary>The value as text, where it is JSON or plain text; null otherwise, and when it was not asked for.</summary>
    public string? Value { get; init; }

    /// <summary>What a ConfigMap or a Secret has under <c>data</c>: text, or bytes where they are no text; null for others, and when it was not asked for.</summary>
    public IReadOnlyDictionary<string, object>? Data { get; init; }

    /// <summary>Where the value begins in the file.</summary>
    internal long Offset { get; init; }

    /// <summary>A hash of the value, comparable within one comparison; 0 when it was not asked for.</summary>
    internal ulong ContentHash { get; init; }
}
