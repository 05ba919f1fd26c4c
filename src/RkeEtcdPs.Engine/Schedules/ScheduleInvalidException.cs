using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Schedules;

/// <summary>No recurring snapshot service can have these values. Nothing was changed.</summary>
public sealed class ScheduleInvalidException : EtcdSnapshotException
{
    internal ScheduleInvalidException(string message)
        : base(
            FailureCategory.InvalidArgument,
            message,
            "Say otherwise with -Creation, -Retention, -KeepAtLeast and -JitterSeconds, or under services.etcd in cluster.yml.")
    {
    }
}
