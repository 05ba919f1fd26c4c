using System.Globalization;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Docker;

namespace RkeEtcdPs.Engine.Readiness;

/// <summary>Compares a host's clock, as its engine tells it, with this machine's.</summary>
internal static class ClockCheck
{
    /// <summary>Compares them.</summary>
    /// <returns>How far the host's clock is ahead; zero when it does not tell.</returns>
    public static async Task<TimeSpan> RunAsync(DockerEngine engine, TimeProvider time, TimeSpan most, NodeFindings findings, CancellationToken cancellationToken)
    {
        DateTimeOffset asked = time.GetUtcNow();
        SystemInfoResponse info = await engine.AskAsync((docker, token) => docker.System.GetSystemInfoAsync(token), cancellationToken).ConfigureAwait(false);
        DateTimeOffset answered = time.GetUtcNow();
        if (!DateTimeOffset.TryParse(info.SystemTime, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset host))
        {
            findings.Note(NodeCheckPoint.Clock, "Its engine does not tell the time.");
            return TimeSpan.Zero;
        }

        // The time of the answer lies between; what the way took is not the clock's fault.
        TimeSpan offset = host < asked ? host - asked : host > answered ? host - answered : TimeSpan.Zero;
        if (offset.Duration() > most)
        {
            findings.Warn(
                NodeCheckPoint.Clock,
                string.Create(CultureInfo.InvariantCulture, $"Its clock is {offset.Duration().TotalSeconds:0} s {(offset > TimeSpan.Zero ? "ahead of" : "behind")} this machine's."),
                "Set both by NTP: certificates, leases and the age of snapshots depend on them.");
        }
        else
        {
            findings.Good(NodeCheckPoint.Clock, string.Create(CultureInfo.InvariantCulture, $"Within {Math.Max(1, Math.Ceiling(offset.Duration().TotalSeconds)):0} s of this machine's."));
        }

        return offset;
    }
}
