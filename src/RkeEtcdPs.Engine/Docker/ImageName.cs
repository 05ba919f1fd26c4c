using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>The parts of an image's name, <c>[registry/]repository[:tag][@digest]</c>, by Docker's own rules.</summary>
internal static class ImageName
{
    /// <summary>The registry, with its port; null when none is named, which stands for Docker Hub.</summary>
    public static string? Registry(string image)
    {
        int slash = image.IndexOf('/', StringComparison.Ordinal);
        string first = slash < 0 ? "" : image[..slash];
        return first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost" ? first : null;
    }

    /// <summary>The name to use for an image: with the cluster's default registry where it names none, as RKE does, and with a tag.</summary>
    /// <remarks>Without a tag an engine pulls every tag there is.</remarks>
    public static string Complete(RkeCluster cluster, string image)
    {
        PrivateRegistry? registry = Registry(image) is null ? cluster.PrivateRegistries.FirstOrDefault(one => one.IsDefault) : null;
        string named = registry is null ? image : $"{registry.Url.TrimEnd('/')}/{image}";
        string last = named[(named.LastIndexOf('/') + 1)..];
        return last.Contains(':', StringComparison.Ordinal) || last.Contains('@', StringComparison.Ordinal) ? named : $"{named}:latest";
    }
}
