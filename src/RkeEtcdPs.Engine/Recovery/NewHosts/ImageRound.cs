using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Recovery.NewHosts;

/// <summary>Gets the images to all hosts that are given an etcd container: from registries and hosts that have them, and then from those that have just got them.</summary>
internal static class ImageRound
{
    /// <returns>The hosts that cannot be worked on, with the cause.</returns>
    public static async Task<IReadOnlyList<(RestoreHost Host, EtcdSnapshotException Failure)>> RunAsync(RestoreSession session, IReadOnlyList<RestoreHost> hosts, CancellationToken cancellationToken)
    {
        DockerEngine[] others = [.. session.Hosts.Where(host => host.Connected).OrderBy(host => host.Planned is not null).Select(host => host.Engine)];
        var failed = await session.TryAsync(RestoreStep.Supply, hosts, (host, token) => host.Images.SupplyAsync(host, others, again: false, token), cancellationToken).ConfigureAwait(false);
        // They began together: what one got from a registry that another does not reach, nobody had when that one looked.
        RestoreHost[] lacking = [.. hosts.Where(host => host.Images.Lacking)];
        if (lacking.Length == 0 || others.Length < 2)
        {
            return failed;
        }

        var still = await session.TryAsync(RestoreStep.Supply, lacking, (host, token) => host.Images.SupplyAsync(host, others, again: true, token), cancellationToken).ConfigureAwait(false);
        return [.. failed.Where(one => !lacking.Contains(one.Host)), .. still];
    }
}
