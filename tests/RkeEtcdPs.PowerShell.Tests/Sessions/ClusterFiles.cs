using RkeEtcdPs.Cmdlets.Tests;

namespace RkeEtcdPs.PowerShell.Tests.Sessions;

/// <summary>A folder with cluster files, gone when disposed: cluster.yml (lab), [1].yml (odd), broken.yml and typo.yml.</summary>
internal sealed class ClusterFiles : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("clusters");

    public ClusterFiles()
    {
        Write("cluster.yml", ClusterYaml.Lab);
        Write("[1].yml", ClusterYaml.Lab.Replace("lab", "odd", StringComparison.Ordinal).Replace("node1", "home1", StringComparison.Ordinal));
        Write("broken.yml", ClusterYaml.Broken);
        Write("typo.yml", ClusterYaml.WithTypo);
    }

    public string FullName => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    public void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder.FullName, name), text);
}
