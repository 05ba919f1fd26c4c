namespace RkeEtcdPs.Engine.Configuration;

/// <summary>Reads a cluster.yml.</summary>
public static class ClusterFile
{
    /// <summary>Reads a cluster from a file.</summary>
    /// <exception cref="ClusterConfigInvalidException">The file cannot be read or is not a usable cluster.yml.</exception>
    public static RkeCluster Read(string path) => throw new NotImplementedException(path);

    /// <summary>Reads a cluster from YAML text.</summary>
    /// <exception cref="ClusterConfigInvalidException">The text is not a usable cluster.yml.</exception>
    public static RkeCluster Parse(string yaml) => throw new NotImplementedException(yaml);
}
