using System.Text.Json;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Makes the etcd container of a host that has none.</summary>
internal static class EtcdRecreation
{
    private const string InitialCluster = "--initial-cluster=";
    private const string Name = "--name=";

    /// <summary>Makes it as planned.</summary>
    /// <param name="host">The host.</param>
    /// <param name="members">All members with their peer URLs, as etcd takes them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RunAsync(RestoreHost host, string members, CancellationToken cancellationToken)
    {
        if (host.Planned?.Inspected is not { Config: { } config, HostConfig: { } hostConfig })
        {
            throw new RestoreStepFailedException(host.Node, "Making the etcd container", "nothing says how it is to be");
        }

        string image = await host.Images.FindEtcdAsync(host, cancellationToken).ConfigureAwait(false);
        // A copy: the plan, which says the policy that it is to have in the end, stays.
        HostConfig made = Copy(hostConfig);
        made.RestartPolicy = new RestartPolicy { Name = RestartPolicyKind.No };
        CreateContainerParameters parameters = new()
        {
            Name = EtcdDeployment.Name,
            Image = image,
            Entrypoint = config.Entrypoint ?? [],
            Cmd = [.. (config.Cmd ?? []).Select(word => word.StartsWith(InitialCluster, StringComparison.Ordinal) ? InitialCluster + members : word)],
            Env = [.. config.Env ?? []],
            Labels = config.Labels ?? new Dictionary<string, string>(),
            User = config.User,
            WorkingDir = config.WorkingDir,
            HostConfig = made,
        };
        await host.Engine.AskAsync((docker, token) => docker.Containers.CreateContainerAsync(parameters, token), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The container of another host as it would be on this one.</summary>
    public static EtcdDeployment Adapt(EtcdDeployment other, RkeNode from, RkeNode node)
    {
        ContainerInspectResponse found = other.Inspected;
        string Adapted(string text) => text.StartsWith(InitialCluster, StringComparison.Ordinal) ? text
            : text.StartsWith(Name, StringComparison.Ordinal) ? Name + node.EtcdMemberName
            : AdaptTo(node, from, text);
        return EtcdDeployment.Of(node, new ContainerInspectResponse
        {
            Config = found.Config is not { } config ? null! : new ContainerConfig
            {
                Image = config.Image,
                Entrypoint = config.Entrypoint,
                Cmd = [.. (config.Cmd ?? []).Select(Adapted)],
                Env = [.. (config.Env ?? []).Select(Adapted)],
                Labels = config.Labels,
                User = config.User,
                WorkingDir = config.WorkingDir,
            },
            HostConfig = Copy(found.HostConfig),
            Mounts = found.Mounts,
        });
    }

    // Through its JSON, which is how it came.
    private static HostConfig Copy(HostConfig? config) => config is null ? null! : JsonSerializer.Deserialize<HostConfig>(JsonSerializer.SerializeToUtf8Bytes(config))!;

    /// <summary>The same setting for another node: the member's name, its addresses, and the names of its certificates.</summary>
    internal static string AdaptTo(RkeNode node, RkeNode from, string text)
    {
        foreach ((string old, string now) in ((string, string)[])
            [
                (Name + from.EtcdMemberName, Name + node.EtcdMemberName),
                ($"{from.EtcdCertificateName}.pem", $"{node.EtcdCertificateName}.pem"),
                ($"{from.EtcdCertificateName}-key.pem", $"{node.EtcdCertificateName}-key.pem"),
                ($"//{RkeNode.InUrl(from.InternalAddress)}:", $"//{RkeNode.InUrl(node.InternalAddress)}:"),
                ($"//{RkeNode.InUrl(from.Address)}:", $"//{RkeNode.InUrl(node.Address)}:"),
            ])
        {
            text = text.Replace(old, now, StringComparison.Ordinal);
        }

        return text;
    }
}
