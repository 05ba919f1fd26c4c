using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Recovery.NewHosts;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Reaches the hosts of a session, takes those whose members matter, and looks at them. What fails becomes a finding.</summary>
internal sealed class SessionOpening(RestoreSession session, List<RestoreFinding> findings, bool exclusive = true)
{
    /// <summary>True when hosts that lack images are to get them.</summary>
    public bool Supplies { get; init; }

    /// <summary>True when data is to be moved away under etcd, and nobody else may have it.</summary>
    public bool ReplacesData { get; init; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var unreached = await session.TryAsync(RestoreStep.Connect, session.Hosts, (host, token) => host.ConnectAsync(token), cancellationToken).ConfigureAwait(false);
        foreach ((RestoreHost host, EtcdSnapshotException failure) in unreached)
        {
            bool excluded = !host.IsMember && !host.IsControlPlane;
            findings.Add(new RestoreFinding(host.Node.Name, excluded ? RestoreFindingSeverity.Warning : RestoreFindingSeverity.Error, failure.Id, failure.Message, failure.Advice)
            {
                Forcible = !host.IsMember,
                Failure = failure,
            });
        }

        foreach (RestoreHost host in session.Hosts.Where(host => !host.IsMember && host.Etcd is { ComesBack: true }))
        {
            findings.Add(new RestoreFinding(
                host.Node.Name, RestoreFindingSeverity.Error, "RestoreNotSafe", "Its etcd would go on with the old data: it runs, or its engine starts it when it starts anew.", $"Restore on {host.Node.Name} as well; or take etcd off it, with its data left in place: `docker rm --force {EtcdDeployment.Name}`."));
        }

        await PlanAsync(cancellationToken).ConfigureAwait(false);
        RestoreHost[] supplied = await SupplyAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<RestoreHost, string> folders = [];
        foreach (RestoreHost host in supplied)
        {
            EtcdDeployment etcd = (host.Etcd ?? host.Planned)!;
            if (etcd.WalFolder is not null)
            {
                findings.Add(new RestoreFinding(
                    host.Node.Name, RestoreFindingSeverity.Error, "RestoreNotSafe", $"Its etcd has its write-ahead log in a folder of its own ({etcd.WalFolder}), which a restore does not move.", "Remove --wal-dir from services.etcd.extra_args, or restore by hand."));
            }
            else if (etcd.HostDataFolder is not { } folder)
            {
                findings.Add(new RestoreFinding(
                    host.Node.Name, RestoreFindingSeverity.Error, "RestoreNotSafe", $"The data folder of its etcd ({etcd.DataFolder}) is in no mount of the host.", "Mount a folder of the host there."));
            }
            else
            {
                folders[host] = folder;
            }
        }

        var unlocked = await session.TryAsync(
            RestoreStep.Lock,
            folders.Keys,
            async (host, token) =>
            {
                if (ReplacesData)
                {
                    await CheckDataFolderAsync(host, folders[host], token).ConfigureAwait(false);
                }

                await (exclusive ? host.LockAsync(folders[host], token) : host.OpenAsync(folders[host], token)).ConfigureAwait(false);
                await host.LookAsync(token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        foreach ((RestoreHost host, EtcdSnapshotException failure) in unlocked)
        {
            findings.Add(new RestoreFinding(host.Node.Name, RestoreFindingSeverity.Error, failure.Id, failure.Message, failure.Advice) { Failure = failure });
        }
    }

    // A host that has no etcd container gets one: after that of another host, or, where there is none any more, as RKE makes it.
    private async Task PlanAsync(CancellationToken cancellationToken)
    {
        RestoreHost? other = session.Hosts.FirstOrDefault(host => host.Etcd is not null);
        foreach (RestoreHost host in session.Members.Where(host => host is { Connected: true, Etcd: null }))
        {
            if (other is { Etcd: { } etcd })
            {
                host.Planned = EtcdRecreation.Adapt(etcd, other.Node, host.Node);
                host.PlannedAfter = $"after that of {other.Node.Name}";
                continue;
            }

            SystemInfoResponse system = await host.Engine.AskAsync((docker, token) => docker.System.GetSystemInfoAsync(token), cancellationToken).ConfigureAwait(false);
            host.Planned = EtcdDeployment.Of(host.Node, EtcdDesign.Describe(session.Cluster, host.Node, system));
            host.PlannedAfter = "as cluster.yml says, for no host has one";
        }
    }

    // Where etcd was given another name, its host looks like one that has none.
    private async Task CheckDataFolderAsync(RestoreHost host, string folder, CancellationToken cancellationToken)
    {
        foreach (DataFolderUser user in await DataFolderUser.FindAsync(host.Engine, folder, cancellationToken).ConfigureAwait(false))
        {
            RestoreFinding finding = new(
                host.Node.Name,
                RestoreFindingSeverity.Error,
                "RestoreNotSafe",
                user.IsEtcd ? $"The container {user.Name} runs etcd in {folder}, and its data would be changed under it." : $"The container {user.Name} may write to etcd's data in {folder} meanwhile.",
                user.IsEtcd && host.Etcd is null ? $"If it is the etcd of this cluster: `docker rename {user.Name} {EtcdDeployment.Name}` on the host, and run this again. Otherwise: `docker stop {user.Name}`."
                    : user.IsEtcd ? $"Only one can be the etcd of this cluster. `docker stop {user.Name}` on the host if it is the other one."
                    : $"`docker stop {user.Name}` on the host; or -Force if it does not write there.")
            {
                Forcible = !user.IsEtcd,
            };
            lock (findings)
            {
                findings.Add(finding);
            }
        }
    }

    /// <returns>The hosts that can be worked on.</returns>
    private async Task<RestoreHost[]> SupplyAsync(CancellationToken cancellationToken)
    {
        RestoreHost[] connected = [.. session.Members.Where(host => host.Connected)];
        RestoreHost[] planned = [.. connected.Where(host => host.Planned is not null)];
        if (planned.Length == 0)
        {
            return connected;
        }

        if (!exclusive)
        {
            // Where there is nothing to look with, nothing was ever restored.
            bool[] present = await Task.WhenAll(planned.Select(async host => await ToolsImage.FindPresentAsync(host.Engine, session.Cluster, session.Request.ToolsImage, cancellationToken).ConfigureAwait(false) is not null)).ConfigureAwait(false);
            return [.. connected.Except(planned.Where((_, index) => !present[index]))];
        }

        if (!Supplies)
        {
            return connected;
        }

        var failed = await ImageRound.RunAsync(session, planned, cancellationToken).ConfigureAwait(false);
        foreach ((RestoreHost host, EtcdSnapshotException failure) in failed)
        {
            findings.Add(new RestoreFinding(host.Node.Name, RestoreFindingSeverity.Error, failure.Id, failure.Message, failure.Advice) { Failure = failure });
        }

        return [.. connected.Except(failed.Select(one => one.Host))];
    }
}
