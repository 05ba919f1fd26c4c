using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Links the log of a container that was made anew to where RKE has the logs of its containers, as log collectors expect it.</summary>
internal static class LogLink
{
    private const string Folder = "/var/lib/rancher/rke/log";
    private const string Mounted = "/log";

    /// <summary>Makes the link for a host's etcd.</summary>
    public static Task MakeAsync(RestoreHost host, RestoreSession session, CancellationToken cancellationToken)
        => MakeAsync(host.Engine, EtcdDeployment.Name, host.ToolsImageId, session.Request.Operation, session.Story, cancellationToken);

    /// <summary>Makes the link. Without it the container serves as well, so a failure is a warning.</summary>
    public static async Task MakeAsync(
        DockerEngine engine, string container, string toolsImage, string operation, IProgress<HostEvent> story, CancellationToken cancellationToken)
    {
        try
        {
            ContainerInspectResponse? found = await EtcdDeployment.InspectAsync(engine, container, cancellationToken).ConfigureAwait(false);
            // Other log drivers write no file.
            if (found is not { ID: { } id, LogPath: { Length: > 0 } log })
            {
                return;
            }

            HelperContainerSpec spec = new()
            {
                Name = RestoreScript.LogLinkContainer,
                Image = toolsImage,
                // The link is made, not followed: the container sees nothing of the engine's own folder.
                Entrypoint = ["ln", "-sfn", log, $"{Mounted}/{container}_{id}.log"],
                // As RKE does, the engine makes the folder where it is missing.
                Binds = [$"{Folder}:{Mounted}"],
                Leased = true,
            };
            await using HelperContainer linker = await HelperContainer.CreateAsync(engine, spec, operation, cancellationToken).ConfigureAwait(false);
            await linker.StartAsync(cancellationToken).ConfigureAwait(false);
            if (await linker.WaitAsync(cancellationToken).ConfigureAwait(false) is not 0 and var exitCode)
            {
                story.Report(new HostWarning(engine.Node.Name, $"The log of the new {container} container could not be linked into {Folder}: exit code {exitCode}."));
            }
        }
        catch (EtcdSnapshotException failure)
        {
            story.Report(new HostWarning(engine.Node.Name, $"The log of the new {container} container could not be linked into {Folder}. {failure.Message}"));
        }
    }
}
