using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Makes the etcd container of a host that has lost it, after that of another host.</summary>
internal static class EtcdRecreation
{
    private const string InitialCluster = "--initial-cluster=";

    public static async Task RunAsync(RestoreHost host, RkeNode from, EtcdDeployment template, CancellationToken cancellationToken)
    {
        if (template.Inspected is not { Config: { Image: { } image } config, HostConfig: { } hostConfig })
        {
            throw new RestoreStepFailedException(host.Node, "Making the etcd container", $"the engine of {from.Name} does not describe its own");
        }

        string Adapt(string text) => text.StartsWith(InitialCluster, StringComparison.Ordinal) ? text : AdaptTo(host.Node, from, text);
        hostConfig.RestartPolicy = new RestartPolicy { Name = RestartPolicyKind.No };
        CreateContainerParameters parameters = new()
        {
            Name = EtcdDeployment.Name,
            Image = image,
            Entrypoint = config.Entrypoint ?? [],
            Cmd = [.. (config.Cmd ?? []).Select(Adapt)],
            Env = [.. (config.Env ?? []).Select(Adapt)],
            Labels = config.Labels ?? new Dictionary<string, string>(),
            User = config.User,
            WorkingDir = config.WorkingDir,
            HostConfig = hostConfig,
        };
        await host.Engine.AskAsync((docker, token) => docker.Containers.CreateContainerAsync(parameters, token), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The same setting for another node: the member's name, its addresses, and the names of its certificates.</summary>
    internal static string AdaptTo(RkeNode node, RkeNode from, string text)
    {
        foreach ((string old, string now) in ((string, string)[])
            [
                ($"--name={from.EtcdMemberName}", $"--name={node.EtcdMemberName}"),
                ($"kube-etcd-{Dashed(from)}.pem", $"kube-etcd-{Dashed(node)}.pem"),
                ($"kube-etcd-{Dashed(from)}-key.pem", $"kube-etcd-{Dashed(node)}-key.pem"),
                ($"//{from.InternalAddress}:", $"//{node.InternalAddress}:"),
                ($"//{from.Address}:", $"//{node.Address}:"),
            ])
        {
            text = text.Replace(old, now, StringComparison.Ordinal);
        }

        return text;
    }

    private static string Dashed(RkeNode node) => node.InternalAddress.Replace('.', '-').Replace(':', '-');
}
