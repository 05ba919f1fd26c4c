using System.Text;
using System.Text.Json;

namespace RkeEtcdPs.Engine.Configuration;

/// <summary>Reads RKE's <c>cluster.rkestate</c>: JSON with <c>currentState</c> and <c>desiredState</c>, each of <c>rkeConfig</c> and <c>certificatesBundle</c>.</summary>
internal static class RkeStateFile
{
    /// <summary>The largest that is read.</summary>
    public const int MostBytes = 32 * 1024 * 1024;

    // The desired one is what there is when `rke up` has not come to its end.
    private static readonly string[] States = ["currentState", "desiredState"];

    // As in cluster.yml, and as in the state.
    private static readonly (string Key, string Property)[] Images = [("etcd", "etcd"), ("alpine", "alpine")];

    /// <summary>Where RKE keeps the state of a cluster: beside its cluster.yml; null for one that came from text.</summary>
    public static string? PathOf(RkeCluster cluster) => cluster.Path is { } path ? Path.ChangeExtension(path, ".rkestate") : null;

    /// <exception cref="StateFileInvalidException">It cannot be read, or is none.</exception>
    public static async Task<RkeState> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new StateFileInvalidException(path, "it is a folder");
            }

            // A device tells no length.
            await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
            byte[] buffer = new byte[MostBytes + 1];
            int read = await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return read <= MostBytes ? Parse(path, buffer.AsMemory(0, read)) : throw new StateFileInvalidException(path, $"it is larger than {MostBytes >> 20} MiB");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new StateFileInvalidException(path, error is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : "it cannot be read");
        }
    }

    /// <param name="source">Where it was found, in words.</param>
    /// <param name="json">Its text in UTF-8.</param>
    /// <exception cref="StateFileInvalidException">It is none.</exception>
    public static RkeState Parse(string source, ReadOnlyMemory<byte> json)
    {
        try
        {
            // Editors of Windows put a mark of UTF-8 before it.
            using JsonDocument document = JsonDocument.Parse(json.Span.StartsWith(Encoding.UTF8.Preamble) ? json[Encoding.UTF8.Preamble.Length..] : json);
            JsonElement? state = States.Select(name => Find(document.RootElement, name)).FirstOrDefault(one => Find(one, "certificatesBundle") is not null);
            return state is null ? throw new StateFileInvalidException(source, "it has no certificates of a cluster") : Read(source, state.Value);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Not what is wrong with it: that would show a piece of it.
            throw new StateFileInvalidException(source, "it is not the JSON that it should be");
        }
    }

    private static RkeState Read(string source, JsonElement state)
    {
        Dictionary<string, (string, Secret)> certificates = new(StringComparer.Ordinal);
        foreach (JsonProperty entry in Find(state, "certificatesBundle")!.Value.EnumerateObject())
        {
            if (Text(entry.Value, "certificatePEM") is { } certificate && Text(entry.Value, "keyPEM") is { } key)
            {
                certificates[entry.Name] = (certificate, new Secret(key));
            }
        }

        JsonElement? config = Find(state, "rkeConfig");
        JsonElement? services = Find(config, "services");
        return new RkeState(source)
        {
            Certificates = certificates,
            SystemImages = Images.Select(image => (image.Key, Value: Text(Find(config, "systemImages"), image.Property))).Where(image => image.Value is not null).ToDictionary(image => image.Key, image => image.Value!),
            KubernetesVersion = Text(config, "kubernetesVersion"),
            ClusterDomain = Text(Find(services, "kubelet"), "clusterDomain"),
            ServiceClusterIpRange = Text(Find(services, "kubeApi"), "serviceClusterIpRange"),
        };
    }

    private static JsonElement? Find(JsonElement? parent, string name)
        => parent is { ValueKind: JsonValueKind.Object } there && there.TryGetProperty(name, out JsonElement found) && found.ValueKind != JsonValueKind.Null ? found : null;

    private static string? Text(JsonElement? parent, string name) => Find(parent, name) is { ValueKind: JsonValueKind.String } found && found.GetString() is { Length: > 0 } text ? text : null;
}
