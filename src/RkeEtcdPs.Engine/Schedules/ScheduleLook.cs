using System.Globalization;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Schedules;

/// <summary>What <c>look</c> of <c>schedule-snapshots.sh</c> saw on a host.</summary>
internal sealed class ScheduleLook
{
    // A save that is due takes its time: this, and what a slow disk needs for so many bytes.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private const long SlowBytesPerSecond = 5_000_000;

    // The size of a file may be no more than what somebody has said.
    private const double MostSeconds = 6 * 3600;

    // Twice a day unless told otherwise.
    private static readonly TimeSpan RancherIsAlive = TimeSpan.FromDays(7);

    private readonly Dictionary<string, string> _memory = new(StringComparer.Ordinal);
    private (string Name, long Count, long Bytes)? _rancher;
    private long _now;
    private string? _newest;
    private long _count;
    private long _bytes;

    /// <summary>Which folder it saw, as device and inode; null when that was not told.</summary>
    public string? Folder { get; private set; }

    /// <summary>True when it saw everything.</summary>
    public bool Complete { get; private set; }

    public void Add(string line)
    {
        switch (line.Split(' ', 4))
        {
            case ["now", string seconds]:
                _now = Number(seconds) ?? 0;
                break;
            case ["folder", string identity]:
                Folder = identity;
                break;
            case ["memory", ..] when line.IndexOf('=', StringComparison.Ordinal) is var equals and > 0:
                _memory[line["memory ".Length..equals]] = line[(equals + 1)..];
                break;
            case ["newest", _, string name]:
                _newest = name;
                break;
            case ["files", string count, string bytes]:
                (_count, _bytes) = (Number(count) ?? 0, Bytes(bytes));
                break;
            case ["rancher", string count, string bytes, string name]:
                _rancher = (name, Number(count) ?? 0, Bytes(bytes));
                break;
            case ["end"]:
                Complete = true;
                break;
        }
    }

    /// <summary>Adds what was seen to what the container tells.</summary>
    /// <param name="schedule">What it tells.</param>
    /// <param name="created">Since when it is there; null when there is none.</param>
    public EtcdSnapshotSchedule AddTo(EtcdSnapshotSchedule schedule, DateTime? created)
    {
        DateTime now = DateTimeOffset.FromUnixTimeSeconds(_now).UtcDateTime;
        if (!schedule.Enabled && _rancher is var (name, count, bytes) && SnapshotFileName.Read(name).TakenAt is { } taken && now - taken < RancherIsAlive)
        {
            return schedule with
            {
                Enabled = true,
                ManagedBy = ScheduleOwner.Rancher,
                Running = null,
                HostTime = now,
                LastSuccess = taken,
                Count = (int)Math.Min(int.MaxValue, count),
                TotalSize = bytes,
            };
        }

        bool ours = schedule.ManagedBy == ScheduleOwner.EtcdSnapshot;
        DateTime? newest = _newest is null ? null : SnapshotFileName.Read(_newest).TakenAt;
        // Ours has looked into the newest: where it remembers no success, that one is not whole.
        DateTime? success = ours && _memory.ContainsKey("success") ? Time("success") : newest;
        // What was planned for another period is planned anew when the service has started.
        bool planned = ours && Number(_memory.GetValueOrDefault("creation")) == (long?)schedule.Creation?.TotalSeconds;
        DateTime? due = (planned ? Time("due") : null) ?? (schedule.Enabled && success is { } last && schedule.Creation is { } creation ? last + creation : null);
        TimeSpan patience = schedule.Creation is { } often && often / 2 < Patience ? often / 2 : Patience;
        patience += TimeSpan.FromSeconds(Math.Min(Math.Min(MostSeconds, schedule.Creation?.TotalSeconds ?? MostSeconds), (double)_bytes / Math.Max(1, _count) / SlowBytesPerSecond));
        TimeSpan offset = schedule.Offset ?? TimeSpan.Zero;
        // Ours saves as soon as it is there, and where it cannot write it cannot tell of that either. Another's waits for its time first.
        bool never = success is null && due is null && created + (ours ? Patience + offset : schedule.Creation + patience) < now;
        return schedule with
        {
            HostTime = now,
            LastSuccess = success,
            LastFailure = ours ? Time("failure") : null,
            FailureReason = ours && _memory.GetValueOrDefault("reason") is { Length: > 0 } reason ? reason : null,
            Failures = ours ? (int)Math.Min(int.MaxValue, Number(_memory.GetValueOrDefault("failures")) ?? 0) : 0,
            NextDue = due,
            Overdue = schedule.Enabled && (never || due + patience + offset < now),
            Count = (int)Math.Min(int.MaxValue, _count),
            TotalSize = _bytes,
        };
    }

    private DateTime? Time(string key) => Number(_memory.GetValueOrDefault(key)) is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime : null;

    private static long Bytes(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : 0;

    // What is longer is no time that can be held.
    private static long? Number(string? text) => text is { Length: < 12 } && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}
