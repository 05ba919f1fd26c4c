using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Components;

/// <summary>Components of a host were left as they are, because those that had to come first did not come back, or because of a restore.</summary>
public sealed class ComponentRestartStoppedException : EtcdSnapshotException
{
    internal ComponentRestartStoppedException(RkeNode node, IReadOnlyList<string> components, string cause)
        : base(
            FailureCategory.InvalidOperation,
            $"{string.Join(", ", components)} on {node.Name}: not restarted, because {cause}.",
            "They were left as they are. Mend what the other errors say, then call Restart-KubeComponent again; -Component and -Node choose what is restarted regardless.")
    {
        Node = node.Name;
        Components = components;
    }

    /// <summary>What was not restarted.</summary>
    public IReadOnlyList<string> Components { get; }
}
