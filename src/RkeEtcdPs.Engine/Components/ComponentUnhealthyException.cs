using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Components;

/// <summary>A component was restarted and did not come back as it should.</summary>
public sealed class ComponentUnhealthyException : EtcdSnapshotException
{
    internal ComponentUnhealthyException(RkeNode node, string component, string container, string cause)
        : base(
            FailureCategory.ResourceUnavailable,
            $"{component} on {node.Name} did not come back after its restart: {cause}.",
            $"Look at `docker logs --tail 50 {container}` on the host. When the cause is gone: Restart-KubeComponent -Node {node.Name}.")
    {
        Node = node.Name;
        Component = component;
        Cause = cause;
    }

    /// <summary>The component.</summary>
    public string Component { get; }

    /// <summary>What was seen of it, to be read after its name.</summary>
    internal string Cause { get; }
}
