using System.Globalization;
using System.Text.Json;
using RkeEtcdPs.Lab;

namespace RkeEtcdPs.Benchmarks;

/// <summary>Restore-EtcdSnapshot on three hosts against the plain procedure host by host, and against the floor: a mere restart of the members.</summary>
internal static class RestoreBenchmark
{
    private const string Snapshot = "bench";
    private const string Binds = "-v /var/lib/etcd:/var/lib/rancher/etcd/ -v /etc/kubernetes:/etc/kubernetes";

    // How long each step took on the host that took longest.
    private const string Steps =
        "\"$($r.Count) \" + [string]::Join(', ', ($r.Steps | Group-Object Step | ForEach-Object { '{0} {1:n2}' -f $_.Name, ($_.Group.Duration.TotalSeconds | Measure-Object -Maximum).Maximum }))";

    private static string Module => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../EtcdSnapshot.psd1"));

    public static async Task<int> RunAsync(string[] arguments)
    {
        long megabytes = arguments.Length > 0 ? long.Parse(arguments[0], CultureInfo.InvariantCulture) : 400;
        int rounds = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 3;
        await using Lab.Lab lab = await Lab.Lab.StartAsync(LabConfiguration.WithHosts(3, host => host with { EtcdOwnMount = arguments is [_, _, _, "memory"] }));
        await lab.Hosts[0].FillAsync(megabytes << 20);
        if (arguments.Length > 2)
        {
            await Processors.LimitAsync(lab, double.Parse(arguments[2], CultureInfo.InvariantCulture));
        }

        Pwsh(lab, $"(Save-EtcdSnapshot {Snapshot} -SingleSource -ErrorAction Stop | Where-Object Verified).Count", "3");
        List<double[]> ratios = [];
        for (int round = 0; round < rounds; round++)
        {
            (double floorTotal, double floor) = await Outage.MeasureAsync(lab.Hosts[0], () => Task.WhenAll(lab.EtcdHosts.Select(host => host.DockerAsync("restart", "etcd"))));
            Say("restart of the members", floorTotal, floor);
            double total = 0;
            (_, double outage) = await Outage.MeasureAsync(lab.Hosts[0], () => Task.Run(() => total = Restore(lab)));
            Say("Restore-EtcdSnapshot", total, outage);
            (double plainTotal, double plain) = await Outage.MeasureAsync(lab.Hosts[0], () => PlainAsync(lab));
            Say("plain procedure", plainTotal, plain);
            ratios.Add([outage / plain, outage / floor, total / plainTotal]);
        }

        double[] median = [.. Enumerable.Range(0, 3).Select(figure => ratios.Select(round => round[figure]).Order().ElementAt(rounds / 2))];
        Console.WriteLine(FormattableString.Invariant(
            $"outage: {median[0]:0.00} of the plain procedure's, {median[1]:0.00} of the floor; total time: {median[2]:0.00} of the plain procedure's (medians of {rounds})"));
        return 0;
    }

    /// <summary>The seconds that the cmdlet took, without the start of pwsh, which the plain procedure does not have.</summary>
    private static double Restore(Lab.Lab lab)
    {
        string said = Pwsh(lab, $"$t = Measure-Command {{ $script:r = Restore-EtcdSnapshot {Snapshot} -Force -NoComponentRestart -ErrorAction Stop }}; {Steps}; $t.TotalSeconds.ToString([cultureinfo]::InvariantCulture)", "3");
        // Its kept data would fill the disks, round by round.
        Pwsh(lab, "Remove-EtcdRestore (Get-EtcdRestore)[0].Operation -Force -ErrorAction Stop | Out-Null; 'removed'", "removed");
        return double.Parse(said.Split('\n')[^1], CultureInfo.InvariantCulture);
    }

    /// <summary>As an admin does it: on one host after the other, all data made while nothing serves.</summary>
    private static async Task PlainAsync(Lab.Lab lab)
    {
        List<(LabHost Host, string Run)> commands = [];
        foreach (LabHost host in lab.EtcdHosts)
        {
            using JsonDocument inspected = JsonDocument.Parse((await host.DockerAsync("inspect", "etcd")).OrThrow().StandardOutput);
            JsonElement config = inspected.RootElement[0].GetProperty("Config");
            string[] flags = [.. config.GetProperty("Cmd").EnumerateArray().Select(word => word.GetString()!)];
            string environment = string.Join(' ', config.GetProperty("Env").EnumerateArray().Select(word => $"-e '{word.GetString()}'"));
            string image = config.GetProperty("Image").GetString()!;
            string wanted = string.Join(' ', flags.Where(flag => flag.StartsWith("--name=", StringComparison.Ordinal)
                || flag.StartsWith("--initial-cluster=", StringComparison.Ordinal) || flag.StartsWith("--initial-advertise-peer-urls=", StringComparison.Ordinal)));
            string restore = $"docker run --rm --network none -v /opt/rke/etcd-snapshots:/backup -v /var/lib/etcd:/restore -e ETCDCTL_API=3 --entrypoint /usr/local/bin/etcdctl {image}"
                + $" snapshot restore /backup/{Snapshot} {wanted} --initial-cluster-token=plain --data-dir=/restore/new";
            string run = $"docker run -d --name etcd --restart always --network host {Binds} {environment} {image} {string.Join(' ', flags)}";
            commands.Add((host, $"docker rm -f etcd && rm -rf /var/lib/etcd/member && {restore} && mv /var/lib/etcd/new/member /var/lib/etcd/member && rmdir /var/lib/etcd/new && {run}"));
        }

        foreach ((LabHost host, string run) in commands)
        {
            Measurement.Of("ssh", ["-F", lab.Folder.SshConfig, host.Name, run]);
        }

        await Task.WhenAll(lab.EtcdHosts.Select(host => host.WaitForEtcdAsync(TimeSpan.FromSeconds(60))));
    }

    private static void Say(string what, double total, double outage)
        => Console.WriteLine(FormattableString.Invariant($"{what}: {total:0.00} s in all, {outage:0.00} s without writes"));

    private static string Pwsh(Lab.Lab lab, string script, string expected)
    {
        string defaults = $"$PSDefaultParameterValues['*-Etcd*:SshConfig'] = '{lab.Folder.SshConfig}'; Set-Location '{Path.GetDirectoryName(lab.Folder.ClusterYml)}'";
        string said = Measurement.Of("pwsh", ["-NoProfile", "-NonInteractive", "-Command", $"Import-Module '{Module}'; {defaults}; {script}"]).Output.Trim();
        if (said.Split(' ')[0] != expected)
        {
            throw new InvalidOperationException($"{script} gave {said}");
        }

        if (said != expected)
        {
            Console.WriteLine(said[expected.Length..].Trim());
        }

        return said;
    }
}
