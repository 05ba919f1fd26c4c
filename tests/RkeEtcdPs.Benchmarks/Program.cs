using RkeEtcdPs.Benchmarks;

return args switch
{
    ["save", .. string[] rest] => await SaveBenchmark.RunAsync(rest),
    ["copy", .. string[] rest] => await CopyBenchmark.RunAsync(rest),
    ["restore", .. string[] rest] => await RestoreBenchmark.RunAsync(rest),
    ["check", .. string[] rest] => await CheckBenchmark.RunAsync(rest),
    ["check-once", string path] => await CheckBenchmark.CheckOnceAsync(path),
    ["list-once", string path] => CheckBenchmark.ListOnce(path),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        save [MB] [ROUNDS] [CPUS]
                                Save-EtcdSnapshot on three hosts against a shell loop of ssh, docker run and etcdctl; in pwsh, which must be on PATH;
                                with CPUS each host has so many processors of its own (cgroup v1), without it all share the machine's
        copy [MB] [ROUNDS] [GBIT]
                                Copy-EtcdSnapshot to two hosts and to a folder against scp, and Get-EtcdSnapshot against a bare login; in pwsh;
                                with GBIT each host has a link of so many Gbit/s, without it the machine's memory is the network
        restore [MB] [ROUNDS] [CPUS] [memory]
                                Restore-EtcdSnapshot on three hosts, in pwsh: the outage that a writer sees and the total time, against the plain procedure
                                host by host and against merely restarting the three members; with `memory` each host's etcd is on a disk of its own,
                                which is in memory, without it all share the machine's disk
        check [FILE] [ROUNDS]   the full check of a snapshot against openssl dgst -sha256 plus etcdctl snapshot status, and the listing of 200,000 keys;
                                without FILE a real etcd makes one of 400 MB
        check-once FILE         one full check, as a process of its own
        list-once FILE          one listing, as a process of its own
        """);
    return 2;
}
