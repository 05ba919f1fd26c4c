using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Reaches the hosts of a session, takes those whose members matter, and looks at them. What fails becomes a finding.</summary>
internal sealed class SessionOpening(RestoreSession session, List<RestoreFinding> findings, bool exclusive = true)
{
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

        foreach (RestoreHost host in session.Hosts.Where(host => !host.IsMember && host.Etcd is { Running: true }))
        {
            findings.Add(new RestoreFinding(
                host.Node.Name, RestoreFindingSeverity.Error, "RestoreNotSafe", "Its etcd runs and would go on with the old data.", $"Stop etcd there, or restore on {host.Node.Name} as well."));
        }

        EtcdDeployment? template = session.Members.Select(host => host.Etcd).FirstOrDefault(etcd => etcd is not null);
        Dictionary<RestoreHost, string> folders = [];
        foreach (RestoreHost host in session.Members.Where(host => host.Connected))
        {
            host.Template = template;
            if ((host.Etcd ?? template) is not { } etcd)
            {
                findings.Add(new RestoreFinding(
                    host.Node.Name, RestoreFindingSeverity.Error, "EtcdNotRunning", "There is no etcd container, and none on another host to make it after.", "Create the etcd containers with `rke up`, then restore."));
            }
            else if (etcd.WalFolder is not null)
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
                await (exclusive ? host.LockAsync(folders[host], token) : host.OpenAsync(folders[host], token)).ConfigureAwait(false);
                await host.LookAsync(token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        foreach ((RestoreHost host, EtcdSnapshotException failure) in unlocked)
        {
            findings.Add(new RestoreFinding(host.Node.Name, RestoreFindingSeverity.Error, failure.Id, failure.Message, failure.Advice) { Failure = failure });
        }
    }
}
