namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>
/// A key of the Kubernetes API server taken apart: <c>/registry/[group/]resource/[namespace/]name</c>, where a group is known by its dot.
/// Nodes are <c>minions</c>, Services <c>services/specs</c> and Endpoints <c>services/endpoints</c> there.
/// </summary>
internal readonly ref struct KubernetesKey
{
    private KubernetesKey(ReadOnlySpan<byte> group, ReadOnlySpan<byte> resource, ReadOnlySpan<byte> rest)
    {
        Group = group;
        Resource = resource;
        int slash = rest.IndexOf((byte)'/');
        Namespace = slash < 0 ? default : rest[..slash];
        Name = rest[(slash + 1)..];
    }

    /// <summary>The API group of a custom resource; empty for a built-in one.</summary>
    public ReadOnlySpan<byte> Group { get; }

    /// <summary>The resource, such as <c>configmaps</c>; empty when the key is none of the API server's.</summary>
    public ReadOnlySpan<byte> Resource { get; }

    /// <summary>The namespace; empty for what belongs to the whole cluster.</summary>
    public ReadOnlySpan<byte> Namespace { get; }

    /// <summary>The name.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>Takes a key apart; one that is none of the API server's gives a value whose parts are empty.</summary>
    public static KubernetesKey Parse(ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<byte> root = "/registry/"u8;
        if (!key.StartsWith(root))
        {
            return default;
        }

        ReadOnlySpan<byte> rest = key[root.Length..];
        ReadOnlySpan<byte> first = Cut(ref rest);
        if (first.IsEmpty || rest.IsEmpty)
        {
            return default;
        }

        if (first.SequenceEqual("services"u8))
        {
            bool isEndpoints = rest.StartsWith("endpoints/"u8);
            if (isEndpoints || rest.StartsWith("specs/"u8))
            {
                _ = Cut(ref rest);
                return new KubernetesKey(default, isEndpoints ? "endpoints"u8 : first, rest);
            }
        }

        return first.Contains((byte)'.')
            ? new KubernetesKey(first, Cut(ref rest), rest)
            : new KubernetesKey(default, first.SequenceEqual("minions"u8) ? "nodes"u8 : first, rest);
    }

    /// <summary>Takes what comes before the next slash, and leaves what comes behind it.</summary>
    private static ReadOnlySpan<byte> Cut(scoped ref ReadOnlySpan<byte> rest)
    {
        int slash = rest.IndexOf((byte)'/');
        ReadOnlySpan<byte> segment = slash < 0 ? rest : rest[..slash];
        rest = slash < 0 ? default : rest[(slash + 1)..];
        return segment;
    }
}
