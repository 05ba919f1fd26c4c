using RkeEtcdPs.Engine.Members;
using RkeEtcdPs.Engine.Schedules;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.Schedules;

/// <summary>The service in another shell of rke-tools, dash, with a clock that is set while it runs.</summary>
public sealed class ClockTests(LabFixture fixture) : ScheduleTest(fixture)
{
    // The script knows of time only what date says. The machine's clock is everybody's, so this one is set instead.
    private const string Date = """
        #!/bin/busybox sh
        now=$(($(/bin/busybox date +%s) + $(cat /opt/clock/offset)))
        case "$*" in
            +%s) echo "$now" ;;
            *-d*) exec /bin/busybox date "$@" ;;
            *) exec /bin/busybox date -d "@$now" "$@" ;;
        esac

        """;

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Clock_set_while_the_service_waits_neither_stops_it_nor_costs_the_floor()
    {
        await StartAsync(creation: 6, retention: 60, keep: 2);
        await UntilAsync(Host, "two snapshots", () => Recurring(Host).Length >= 2);

        await SetAsync(-86_400);
        string yesterday = NameOf(DateTime.UtcNow.AddDays(-1))[.."2026-11-22".Length];
        await UntilAsync(Host, "one of yesterday", () => Recurring(Host).Any(name => name.StartsWith(yesterday, StringComparison.Ordinal)));
        await SetAsync(86_400 * 1000);
        string later = NameOf(DateTime.UtcNow.AddDays(1000))[.."2026-11-22".Length];
        await UntilAsync(Host, "one of years to come", () => Recurring(Host).Any(name => name.StartsWith(later, StringComparison.Ordinal)));
        await UntilAsync(Host, "the floor", async () => (await Host.DockerAsync("logs", ScheduleContainer.Name)).StandardOutput.Contains("removed", StringComparison.Ordinal));
        Assert.InRange(Recurring(Host).Length, 2, 4);
        await AssertAllWholeAsync(Host);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Clock_set_back_while_a_retry_waits_does_not_delay_it()
    {
        await Host.StopEtcdAsync();
        await StartAsync(creation: 3600, retention: 7200, keep: 1);
        await UntilAsync(Host, "a failed save", () => Remembered(Host, "failures") >= 1);

        await SetAsync(-1800);
        await Host.StartEtcdAsync();

        await UntilAsync(Host, "a good save", () => Remembered(Host, "success") > 0);
    }

    private async Task SetAsync(long seconds)
    {
        string offset = Host.PathOf("/opt/rke/clock/offset");
        await File.WriteAllTextAsync(offset + ".new", $"{seconds}");
        File.Move(offset + ".new", offset, overwrite: true);
    }

    // As the product makes it, but in dash, and with that clock.
    private async Task StartAsync(int creation, int retention, int keep)
    {
        string clock = Directory.CreateDirectory(Host.PathOf("/opt/rke/clock")).FullName;
        await File.WriteAllTextAsync(Path.Combine(clock, "date"), Date.ReplaceLineEndings("\n"));
        File.SetUnixFileMode(Path.Combine(clock, "date"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await SetAsync(0);
        EtcdContainer etcd = new() { Id = "", HostKubernetesFolder = "/etc/kubernetes", EtcdctlEnvironment = [] };
        SchedulePlan plan = new(TimeSpan.FromSeconds(creation), TimeSpan.FromSeconds(retention), keep, TimeSpan.Zero, false);
        var parameters = ScheduleContainer.Describe("rancher/rke-tools:lab", etcd, plan);
        string certificate = $"/etc/kubernetes/ssl/kube-etcd-{Host.InternalAddress.Replace('.', '-')}";
        (await Host.DockerAsync(
        [
            "run", "-d", "--name", ScheduleContainer.Name, "--network", "host", "-v", "/bin/dash:/bin/dash:ro", "-v", "/opt/rke/clock:/opt/clock:ro",
            .. parameters.HostConfig!.Binds!.SelectMany(bind => (string[])["-v", bind]),
            "-e", "PATH=/opt/clock:/usr/local/bin:/bin:/usr/bin:/sbin", "-e", "ETCDCTL_ENDPOINTS=https://127.0.0.1:2379", "-e", "ETCDCTL_CACERT=/etc/kubernetes/ssl/kube-ca.pem",
            "-e", $"ETCDCTL_CERT={certificate}.pem", "-e", $"ETCDCTL_KEY={certificate}-key.pem",
            "--entrypoint", "dash", "rancher/rke-tools:lab", .. parameters.Entrypoint!.Skip(1), .. parameters.Cmd!,
        ], default)).OrThrow();
    }
}
