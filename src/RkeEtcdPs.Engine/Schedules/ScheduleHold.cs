using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Docker;

namespace RkeEtcdPs.Engine.Schedules;

/// <summary>Stops the service of a host, whoever made it, for as long as something else is done there. Each step may be run again.</summary>
internal static class ScheduleHold
{
    /// <summary>The restart policy of the service that runs; null when none runs.</summary>
    public static async Task<string?> LookAsync(DockerEngine engine, CancellationToken cancellationToken)
        => await FindAsync(engine, cancellationToken).ConfigureAwait(false) is { State.Running: true, HostConfig.RestartPolicy: var policy }
            ? (policy?.Name ?? RestartPolicyKind.No).ToString()
            : null;

    /// <summary>Stops it, so that the engine does not start it by itself either.</summary>
    public static async Task StopAsync(DockerEngine engine, CancellationToken cancellationToken)
    {
        await ScheduleCalls.SetPolicyAsync(engine, ScheduleContainer.Name, RestartPolicyKind.No, cancellationToken).ConfigureAwait(false);
        await ScheduleCalls.StopAsync(engine, ScheduleContainer.Name, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Starts it again, with the restart policy that it had.</summary>
    /// <returns>False when it is not there any more.</returns>
    public static async Task<bool> StartAsync(DockerEngine engine, string policy, CancellationToken cancellationToken)
    {
        if (await FindAsync(engine, cancellationToken).ConfigureAwait(false) is not { ID: string id })
        {
            return false;
        }

        RestartPolicyKind kind = Enum.TryParse(policy, out RestartPolicyKind known) ? known : RestartPolicyKind.Always;
        await ScheduleCalls.SetPolicyAsync(engine, id, kind, cancellationToken).ConfigureAwait(false);
        await ScheduleCalls.StartAsync(engine, id, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static Task<ContainerInspectResponse?> FindAsync(DockerEngine engine, CancellationToken cancellationToken)
        => ScheduleCalls.InspectAsync(engine, ScheduleContainer.Name, cancellationToken);
}
