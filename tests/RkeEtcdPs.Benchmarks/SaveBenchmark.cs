using System.Globalization;
using RkeEtcdPs.Lab;

namespace RkeEtcdPs.Benchmarks;

/// <summary>Save-EtcdSnapshot on three hosts, verification included, against a shell loop of plain etcdctl, host by host.</summary>
internal static class SaveBenchmark
{
    private const string Client = "docker run --rm --network host -v /opt/rke/etcd-snapshots:/backup -v /etc/kubernetes:/etc/kubernetes:ro -e ETCDCTL_API=3"
        + " rancher/rke-tools:lab etcdctl --endpoints https://127.0.0.1:2379 --cacert /etc/kubernetes/ssl/kube-ca.pem"
        + " --cert /etc/kubernetes/ssl/kube-node.pem --key /etc/kubernetes/ssl/kube-node-key.pem snapshot save /backup/plain";

    public static async Task<int> RunAsync(string[] arguments)
    {
        long megabytes = arguments.Length > 0 ? long.Parse(arguments[0], CultureInfo.InvariantCulture) : 400;
        int rounds = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 5;
        double? cpus = arguments.Length > 2 ? double.Parse(arguments[2], CultureInfo.InvariantCulture) : null;
        await using Lab.Lab lab = await Lab.Lab.StartAsync(LabConfiguration.WithHosts(3));
        await lab.Hosts[0].FillAsync(megabytes << 20);
        if (cpus is { } share)
        {
            await Processors.LimitAsync(lab, share);
        }

        Measurement idle = Pwsh("1");
        Measurement import = Pwsh($"(Measure-Command {{ Import-Module '{Module}' }}).TotalSeconds");
        List<double> ratios = [];
        long memory = 0;
        for (int round = 0; round <= rounds; round++)
        {
            Measurement plain = Measurement.Of("/bin/sh", ["-c", string.Join(" && ", lab.Hosts.Select(host => $"ssh -F {lab.Folder.SshConfig} {host.Name} '{Client}'"))]);
            Measurement ours = Pwsh($"Import-Module '{Module}'; (Save-EtcdSnapshot bench '{lab.Folder.ClusterYml}' -SshConfig '{lab.Folder.SshConfig}' -ErrorAction Stop | Where-Object Verified).Count");
            if (ours.Output != "3")
            {
                throw new InvalidOperationException($"not all hosts were saved: {ours.Output}");
            }

            long size = new FileInfo(Path.Combine(lab.Hosts[0].SnapshotFolder, "bench")).Length;
            foreach (LabHost host in lab.Hosts)
            {
                File.Delete(Path.Combine(host.SnapshotFolder, "bench"));
                File.Delete(Path.Combine(host.SnapshotFolder, "plain"));
            }

            // The first round warms the caches.
            if (round > 0)
            {
                ratios.Add(ours.Seconds / plain.Seconds);
                memory = Math.Max(memory, ours.PeakBytes - idle.PeakBytes);
                Console.WriteLine($"{size >> 20} MB on three hosts: plain loop {plain.Seconds:0.00} s, Save-EtcdSnapshot {ours.Seconds:0.00} s, ratio {ours.Seconds / plain.Seconds:0.00}");
            }
        }

        ratios.Sort();
        Console.WriteLine($"median ratio {ratios[ratios.Count / 2]:0.00}; client at most {memory >> 20} MB above an idle pwsh; Import-Module {import.Output} s");
        return 0;
    }

    private static string Module => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../EtcdSnapshot.psd1"));

    private static Measurement Pwsh(string script) => Measurement.Of("pwsh", ["-NoProfile", "-NonInteractive", "-Command", script]);
}
