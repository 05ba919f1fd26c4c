using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Docker;

namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>What a new container remembers, in a label, of the one whose place it takes.</summary>
/// <param name="Id">The old one's id.</param>
/// <param name="Policy">Its restart policy.</param>
/// <param name="Ran">True when it ran.</param>
internal sealed record ReplacedContainer(string Id, RestartPolicy Policy, bool Ran)
{
    /// <summary>The label.</summary>
    public const string Label = "io.etcdsnapshot.replaces";

    private const string Running = "running";

    /// <summary>What is to be remembered of a container.</summary>
    public static ReplacedContainer Of(ContainerInspectResponse container) => new(
        container.ID,
        new RestartPolicy { Name = container.HostConfig?.RestartPolicy?.Name ?? RestartPolicyKind.No, MaximumRetryCount = container.HostConfig?.RestartPolicy?.MaximumRetryCount ?? 0 },
        container.State is { Running: true });

    /// <summary>What a container remembers; null when it took nobody's place.</summary>
    public static ReplacedContainer? Read(ContainerInspectResponse? container)
    {
        if (container is null || ContainerCalls.LabelOf(container, Label)?.Split(' ') is not [{ Length: > 0 } id, { } policy, { } state])
        {
            return null;
        }

        string[] parts = policy.Split(':');
        RestartPolicyKind kind = Enum.TryParse(parts[0], out RestartPolicyKind known) && known != RestartPolicyKind.Undefined ? known : RestartPolicyKind.Always;
        return new ReplacedContainer(id, new RestartPolicy { Name = kind, MaximumRetryCount = parts.Length > 1 && long.TryParse(parts[1], out long count) ? count : 0 }, state == Running);
    }

    /// <summary>The label's value.</summary>
    public override string ToString() => FormattableString.Invariant($"{Id} {Policy.Name}:{Policy.MaximumRetryCount} {(Ran ? Running : "stopped")}");
}
