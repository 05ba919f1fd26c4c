using System.Globalization;

namespace RkeEtcdPs.Benchmarks;

/// <summary>Gives the containers of each host processors of their own, as real hosts have, where otherwise all hosts of the lab compete for the machine's.</summary>
internal static class Processors
{
    private const int PeriodMicroseconds = 100_000;

    /// <param name="lab">A lab that is up.</param>
    /// <param name="cpus">How many per host; may be a part of one.</param>
    public static Task LimitAsync(Lab.Lab lab, double cpus) => Task.WhenAll(lab.Hosts.Select(host => File.WriteAllTextAsync(
        $"/sys/fs/cgroup/cpu/essl-{lab.Description.Instance}/{host.Name}/cpu.cfs_quota_us", ((int)(cpus * PeriodMicroseconds)).ToString(CultureInfo.InvariantCulture))));
}
