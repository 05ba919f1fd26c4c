using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Cmdlets.Parameters;

/// <summary>One cluster still to be read.</summary>
/// <param name="Name">The full path of the file, or how the text came.</param>
/// <param name="Load">Reads it.</param>
/// <param name="Fresh">False when it was read before, and its warnings were written then.</param>
internal sealed record ClusterDocument(string Name, Func<RkeCluster> Load, bool Fresh = true)
{
    /// <summary>Reads the cluster, and writes what is odd in it as warnings.</summary>
    /// <exception cref="ClusterConfigInvalidException">The file or the text cannot be used.</exception>
    public RkeCluster Read(ICmdletHost host)
    {
        RkeCluster cluster = Load();
        foreach (ConfigurationMessage warning in Fresh ? cluster.Warnings : [])
        {
            host.WriteWarning($"{Name}: {warning}");
        }

        return cluster;
    }
}
