using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>Something on the host ended the container that did our work there, before it could say what became of it.</summary>
public sealed class HelperKilledException : EtcdSnapshotException
{
    internal HelperKilledException(RkeNode node, long exitCode)
        : base(
            FailureCategory.ResourceUnavailable,
            $"The work on {node.Name} was killed there (exit code {exitCode}).",
            "See whether the host ran out of memory (`dmesg`), or who stopped the container (`docker events`), then try again.")
    {
        Node = node.Name;
    }
}
