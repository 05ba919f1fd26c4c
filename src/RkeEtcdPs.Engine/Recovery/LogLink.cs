using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Links the log of an etcd container that was made anew to where RKE has the logs of its containers, as log collectors expect it.</summary>
internal static class LogLink
{
    private const string Folder = "/var/lib/rancher/rke/log";
    private const string Mounted = "/log";

    /// <summary>Makes the link. Without it etcd serves as well, so a failure is a warning.</summary>
    public static async Task MakeAsync(RestoreHost host, RestoreSession session, CancellationToken cancellationToken)
    {
        try
        {
            ContainerInspectResponse? etcd = await EtcdDeployment.InspectAsync(host.Engine, EtcdDeployment.Name, cancellationToken).ConfigureAwait(false);
            // Other log drivers write no file.
            if (etcd is not { ID: { } id, LogPath: { Length: > 0 } log })
            {
                return;
            }

            HelperContainerSpec spec = new()
            {
                Name = RestoreScript.LogLinkContainer,
                Image = host.ToolsImageId,
                // The link is made, not followed: the container sees nothing of the engine's own folder.
                Entrypoint = ["ln", "-sfn", log, $"{Mounted}/{EtcdDeployment.Name}_{id}.log"],
                // As RKE does, the engine makes the folder where it is missing.
                Binds = [$"{Folder}:{Mounted}"],
                Leased = true,
            };
            await using HelperContainer linker = await HelperContainer.CreateAsync(host.Engine, spec, session.Request.Operation, cancellationToken).ConfigureAwait(false);
            await linker.StartAsync(cancellationToken).ConfigureAwait(false);
            if (await linker.WaitAsync(cancellationToken).ConfigureAwait(false) is not 0 and var exitCode)
            {
                session.Story.Report(new HostWarning(host.Node.Name, $"The log of the new etcd container could not be linked into {Folder}: exit code {exitCode}."));
            }
        }
        catch (EtcdSnapshotException failure)
        {
            session.Story.Report(new HostWarning(host.Node.Name, $"The log of the new etcd container could not be linked into {Folder}. {failure.Message}"));
        }
    }
}
