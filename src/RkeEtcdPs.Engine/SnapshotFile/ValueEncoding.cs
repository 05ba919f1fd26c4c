namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>How the value of a key is written.</summary>
public enum ValueEncoding
{
    /// <summary>Not as the Kubernetes API server writes: plain bytes, or nothing.</summary>
    Other,

    /// <summary>Kubernetes' protobuf: <c>k8s</c> and a zero byte, then {1 {1 apiVersion, 2 kind}, 2 object}. Its own resources are written so.</summary>
    Protobuf,

    /// <summary>A JSON object. Custom resources are written so.</summary>
    Json,

    /// <summary>Encrypted at rest by the API server: <c>k8s:enc:PROVIDER:v1:KEY:</c> and the encrypted bytes.</summary>
    Encrypted,
}
