using System.IO.Compression;
using System.Text.Json;

namespace RkeEtcdPs.Lab.Recovery.Tests.NewHosts;

/// <summary>What RKE would have left beside cluster.yml.</summary>
internal static class RkeFiles
{
    private static readonly string[] Certificates = ["kube-ca", "kube-node"];

    /// <summary>The text of cluster.rkestate, with the authority of a control-plane host.</summary>
    public static string State(LabHost controlPlane)
    {
        string ssl = controlPlane.PathOf("/etc/kubernetes/ssl");
        Dictionary<string, object> bundle = Certificates.ToDictionary(name => name, name => (object)new
        {
            certificatePEM = File.ReadAllText($"{ssl}/{name}.pem"),
            keyPEM = File.ReadAllText($"{ssl}/{name}-key.pem"),
            name,
            commonName = name,
            path = $"/etc/kubernetes/ssl/{name}.pem",
        });
        object config = new
        {
            clusterName = "lab",
            kubernetesVersion = "v1.20.4-rancher1-1",
            systemImages = new { etcd = "rancher/coreos-etcd:lab", alpine = "rancher/rke-tools:lab" },
            services = new { kubeApi = new { serviceClusterIpRange = "10.43.0.0/16" }, kubelet = new { clusterDomain = "cluster.local" } },
        };
        return JsonSerializer.Serialize(new { desiredState = new { rkeConfig = config, certificatesBundle = bundle }, currentState = new { rkeConfig = config, certificatesBundle = bundle } });
    }

    /// <summary>Has cluster.yml ask for quick elections: with RKE's own five seconds one takes longer than all the rest.</summary>
    public static void HastenElections(Lab lab)
    {
        const string Service = "    snapshot: null\n";
        string yml = File.ReadAllText(lab.Folder.ClusterYml);
        File.WriteAllText(lab.Folder.ClusterYml, yml.Replace(Service, Service + "    extra_args: { heartbeat-interval: \"100\", election-timeout: \"1000\" }\n", StringComparison.Ordinal));
    }

    /// <summary>Has cluster.yml ask for an etcd that runs as a user of its own.</summary>
    public static void RunAs(Lab lab, int user)
    {
        const string Service = "    snapshot: null\n";
        string yml = File.ReadAllText(lab.Folder.ClusterYml);
        File.WriteAllText(lab.Folder.ClusterYml, yml.Replace(Service, $"{Service}    uid: {user}\n    gid: {user}\n", StringComparison.Ordinal));
    }

    /// <summary>Makes of a snapshot the zip that RKE makes, with full paths and the state beside the database.</summary>
    public static void Pack(string plain, string zip, string state)
    {
        string name = Path.GetFileName(plain);
        using ZipArchive archive = ZipFile.Open(zip, ZipArchiveMode.Create);
        archive.CreateEntryFromFile(plain, $"/backup/{name}");
        using StreamWriter writer = new(archive.CreateEntry($"/etc/kubernetes/{name}.rkestate").Open());
        writer.Write(state);
    }
}
