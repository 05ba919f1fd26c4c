using System.Globalization;
using RkeEtcdPs.Lab;

namespace RkeEtcdPs.Benchmarks;

/// <summary>Copy-EtcdSnapshot, verification included, against scp, which verifies nothing; and Get-EtcdSnapshot on three hosts against one bare login.</summary>
internal static class CopyBenchmark
{
    private const string Name = "bench";

    public static async Task<int> RunAsync(string[] arguments)
    {
        long megabytes = arguments.Length > 0 ? long.Parse(arguments[0], CultureInfo.InvariantCulture) : 400;
        int rounds = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 5;
        await using Lab.Lab lab = await Lab.Lab.StartAsync(LabConfiguration.WithHosts(3));
        await lab.Hosts[0].FillAsync(megabytes << 20);
        if (arguments.Length > 2)
        {
            long speed = (long)(double.Parse(arguments[2], CultureInfo.InvariantCulture) * 1e9);
            await Task.WhenAll(lab.Hosts.Select(host => host.LimitLinkAsync(speed)));
        }

        string folder = Directory.CreateTempSubdirectory("copy-benchmark-").FullName;
        string set = $"Import-Module '{Module}'; $PSDefaultParameterValues['*-Etcd*:SshConfig'] = '{lab.Folder.SshConfig}'; $c = '{lab.Folder.ClusterYml}';";
        Pwsh($"{set} Save-EtcdSnapshot {Name} $c -Node node1 -ErrorAction Stop | Out-Null");
        try
        {
            foreach (LabHost host in lab.Hosts.Skip(1))
            {
                Directory.CreateDirectory(host.SnapshotFolder);
            }

            Measurement idle = Pwsh("1");
            Rounds toHosts = new("host to two hosts, against two `scp -3`");
            Rounds toFolder = new("host to folder, against `scp`");
            Rounds listing = new("Get-EtcdSnapshot on three hosts, against one `ssh host true`");
            long memory = 0;
            for (int round = 0; round <= rounds; round++)
            {
                Measurement plain = Measurement.Of("/bin/sh", ["-c", $"{Scp(lab)} -3 {Remote("node1")} {Remote("node2")}.plain && {Scp(lab)} -3 {Remote("node1")} {Remote("node3")}.plain"]);
                Measurement ours = Seconds($"{set} $t = Measure-Command {{ $o = Copy-EtcdSnapshot {Name} $c -ToNode node2, node3 -ErrorAction Stop }}", "if (@($o | Where-Object Verified).Count -ne 2) { throw 'not all copied' }");
                toHosts.Add(round, double.Parse(ours.Output, CultureInfo.InvariantCulture), plain.Seconds);
                memory = Math.Max(memory, ours.PeakBytes - idle.PeakBytes);

                Measurement file = Measurement.Of("/bin/sh", ["-c", $"{Scp(lab)} {Remote("node1")} '{folder}/plain'"]);
                Measurement copy = Seconds($"{set} $t = Measure-Command {{ $o = Copy-EtcdSnapshot {Name} $c -Destination '{folder}/ours' -ErrorAction Stop }}", "if (-not $o.Verified) { throw 'not copied' }");
                toFolder.Add(round, double.Parse(copy.Output, CultureInfo.InvariantCulture), file.Seconds);
                memory = Math.Max(memory, copy.PeakBytes - idle.PeakBytes);

                Measurement login = Measurement.Of("ssh", ["-F", lab.Folder.SshConfig, "node1", "true"]);
                Measurement list = Seconds($"{set} $t = Measure-Command {{ $o = Get-EtcdSnapshot {Name} $c -ErrorAction Stop }}", "if (-not $o) { throw 'nothing listed' }");
                listing.Add(round, double.Parse(list.Output, CultureInfo.InvariantCulture), login.Seconds);

                Directory.Delete(Path.Combine(folder, "ours"), recursive: true);
                foreach (LabHost host in lab.Hosts.Skip(1))
                {
                    File.Delete(Path.Combine(host.SnapshotFolder, Name));
                }
            }

            toHosts.Print();
            toFolder.Print();
            listing.Print();
            Console.WriteLine($"client at most {memory >> 20} MB above an idle pwsh");
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Scp(Lab.Lab lab) => $"scp -q -F {lab.Folder.SshConfig}";

    private static string Remote(string node) => $"{node}:/opt/rke/etcd-snapshots/{Name}";

    private static string Module => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../EtcdSnapshot.psd1"));

    /// <summary>What a script measured in <c>$t</c>: without the start of pwsh and the import, which plain programs do not have.</summary>
    private static Measurement Seconds(string script, string check)
        => Pwsh($"$ProgressPreference = 'SilentlyContinue'; {script}; {check}; $t.TotalSeconds.ToString([cultureinfo]::InvariantCulture)");

    private static Measurement Pwsh(string script) => Measurement.Of("pwsh", ["-NoProfile", "-NonInteractive", "-Command", script]);

    private sealed class Rounds(string what)
    {
        private readonly List<double> _ratios = [];

        // The first round warms the caches.
        public void Add(int round, double ours, double plain)
        {
            if (round > 0)
            {
                _ratios.Add(ours / plain);
                Console.WriteLine($"{what}: {ours:0.00} s, {plain:0.00} s, ratio {ours / plain:0.00}");
            }
        }

        public void Print()
        {
            _ratios.Sort();
            Console.WriteLine($"{what}: median ratio {_ratios[_ratios.Count / 2]:0.00}");
        }
    }
}
