namespace RkeEtcdPs.Engine.Recovery;

/// <summary>
/// A record of a restore that is lost or not understood on a host. Records are written whole, and before anything is moved, so that somebody or a bad
/// disk has been at it; and where nobody knows what belongs there, no command goes on with the others, or back, without it.
/// </summary>
internal static class DamagedRecord
{
    /// <summary>Why a host is passed over when a restore that failed goes back: which data is in its place is not known, so that none is moved and no etcd is started there.</summary>
    public static RestoreNotSafeException LeftAlone(RestoreHost host, string operation) => new(
        $"{host.Node.Name}: the record of the restore there ({host.PathOf(operation, "record")}) is lost or damaged, so that etcd and its data were left as they are.",
        "Undo-EtcdRestore says from which host the record can be copied.")
    {
        Node = host.Node.Name,
    };

    /// <summary>What forbids to go on with a restore, or to undo it; null when all records of it are understood.</summary>
    public static RestoreNotSafeException? Find(IEnumerable<RestoreHost> hosts, string operation)
    {
        (RestoreHost Host, RestoreRecord Record)[] records =
        [
            .. hosts.SelectMany(host => host.Look.Operations.Where(one => one.Operation == operation).Select(record => (host, record))),
        ];
        RestoreHost[] damaged = [.. records.Where(one => one.Record.Phase is null).Select(one => one.Host)];
        if (damaged.Length == 0)
        {
            return null;
        }

        string file = damaged[0].PathOf(operation, "record");
        RestoreHost? whole = records.FirstOrDefault(one => one.Record.Phase is not null).Host;
        return new RestoreNotSafeException(
            $"The record of the restore {operation} on {string.Join(", ", damaged.Select(host => host.Node.Name))} is lost or damaged, and nothing was changed: nobody knows what belongs there.",
            whole is null
                ? $"It is {file}; what the restore keeps lies beside it. Restore a snapshot instead."
                : $"Copy {file} from {whole.Node.Name}, which differs only where the hosts do (ran, restart, container, owner, certificates), and run this again; or restore a snapshot instead.");
    }
}
