using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Docker;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Stops, starts and holds RKE's containers on a host. Each may be done again.</summary>
internal static class EtcdSwitch
{
    /// <summary>The API server's container.</summary>
    public const string ApiServer = "kube-apiserver";

    private const uint StopSeconds = 10;

    // A leader would spend up to seven seconds on handing over to members that stop as well. Then it is killed; its log is made for that.
    private const uint StopEtcdSeconds = 2;

    /// <summary>The API server's container; null when there is none.</summary>
    public static Task<ContainerInspectResponse?> FindApiServerAsync(RestoreHost host, CancellationToken cancellationToken)
        => EtcdDeployment.InspectAsync(host.Engine, ApiServer, cancellationToken);

    /// <summary>The container of an update of the API server that is under way, or was cut off; null when there is none.</summary>
    public static async Task<string?> FindUpdateAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        foreach (string name in (string[])[ContainerCalls.NextOf(ApiServer), ContainerCalls.PreviousOf(ApiServer)])
        {
            if (await ContainerCalls.InspectAsync(host.Engine, name, cancellationToken).ConfigureAwait(false) is not null)
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>Stops the API server, and keeps the engine from starting it before the new data is proved.</summary>
    public static async Task StopApiServerAsync(RestoreHost host, RestoreRecord record, CancellationToken cancellationToken)
    {
        host.Halted = record;
        if (record.Revived.Contains(host.Node.Name))
        {
            await SetPolicyAsync(host, ApiServer, new RestartPolicy { Name = RestartPolicyKind.UnlessStopped }, cancellationToken).ConfigureAwait(false);
        }

        await StopAsync(host, ApiServer, StopSeconds, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives the API server the restart policy that it had, and starts it where it ran.</summary>
    public static async Task StartApiServerAsync(RestoreHost host, RestoreRecord record, CancellationToken cancellationToken)
    {
        if (record.Revived.Contains(host.Node.Name))
        {
            await SetPolicyAsync(host, ApiServer, new RestartPolicy { Name = RestartPolicyKind.Always }, cancellationToken).ConfigureAwait(false);
        }

        // One that somebody had stopped before stays so.
        if (record.ApiServers.Contains(host.Node.Name))
        {
            await StartAsync(host, ApiServer, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Keeps the engine from starting etcd by itself, after a reboot for example, while its data is being replaced.</summary>
    public static Task HoldAsync(RestoreHost host, RestoreRecord record, CancellationToken cancellationToken)
    {
        host.Halted = record;
        return SetPolicyAsync(host, EtcdDeployment.Name, new RestartPolicy { Name = RestartPolicyKind.No }, cancellationToken);
    }

    /// <summary>Gives etcd the restart policy that it had.</summary>
    public static Task ReleaseAsync(RestoreHost host, string policy, CancellationToken cancellationToken)
    {
        string[] parts = policy.Split(':');
        RestartPolicyKind kind = Enum.TryParse(parts[0], out RestartPolicyKind known) && known != RestartPolicyKind.Undefined ? known : RestartPolicyKind.No;
        return SetPolicyAsync(host, EtcdDeployment.Name, new RestartPolicy { Name = kind, MaximumRetryCount = parts.Length > 1 && long.TryParse(parts[1], out long count) ? count : 0 }, cancellationToken);
    }

    /// <summary>Stops etcd and makes sure that it has stopped.</summary>
    public static async Task StopEtcdAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        await StopAsync(host, EtcdDeployment.Name, StopEtcdSeconds, cancellationToken).ConfigureAwait(false);
        if (await EtcdDeployment.InspectAsync(host.Engine, EtcdDeployment.Name, cancellationToken).ConfigureAwait(false) is { State.Running: true })
        {
            throw new RestoreStepFailedException(host.Node, "Stopping etcd", "its container still runs");
        }
    }

    public static Task StartEtcdAsync(RestoreHost host, CancellationToken cancellationToken) => StartAsync(host, EtcdDeployment.Name, cancellationToken);

    /// <summary>Removes the container that the restore made.</summary>
    public static Task RemoveEtcdAsync(RestoreHost host, CancellationToken cancellationToken) => host.Engine.AskAsync(
        async (docker, token) =>
        {
            try
            {
                await docker.Containers.RemoveContainerAsync(EtcdDeployment.Name, new ContainerRemoveParameters { Force = true }, token).ConfigureAwait(false);
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
            {
                // Gone already.
            }
        },
        cancellationToken);

    private static Task StopAsync(RestoreHost host, string container, uint seconds, CancellationToken cancellationToken) => host.Engine.AskAsync(
        async (docker, token) =>
        {
            try
            {
                await docker.Containers.StopContainerAsync(container, new ContainerStopParameters { WaitBeforeKillSeconds = seconds }, token).ConfigureAwait(false);
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
            {
                // There is none to stop.
            }
        },
        cancellationToken);

    private static Task StartAsync(RestoreHost host, string container, CancellationToken cancellationToken) => host.Engine.AskAsync(
        async (docker, token) =>
        {
            await docker.Containers.StartContainerAsync(container, new ContainerStartParameters(), token).ConfigureAwait(false);
        },
        cancellationToken);

    private static Task SetPolicyAsync(RestoreHost host, string container, RestartPolicy policy, CancellationToken cancellationToken) => host.Engine.AskAsync(
        async (docker, token) =>
        {
            try
            {
                await ContainerCalls.SetPolicyAsync(docker, container, policy, token).ConfigureAwait(false);
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
            {
                // An etcd that is not there is made by the restore; of an API server that is not there the start tells.
            }
        },
        cancellationToken);
}
