namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>The words by which kinds and resources that hold secrets are known: Kubernetes' own Secret, and what Rancher and others define.</summary>
internal static class SecretNames
{
    private static readonly string[] Words = ["secret", "token", "credential", "password", "kubeconfig", "authconfig", "privatekey"];

    /// <summary>True when one of them is part of the name of a kind or a resource.</summary>
    public static bool IsIn(string? name) => name is not null && Array.Exists(Words, word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
