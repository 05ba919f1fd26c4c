namespace RkeEtcdPs.Engine.Recovery;

/// <summary>
/// A record of a restore that is lost or not understood on a host. Records are written whole, and before anything is moved, so that somebody or a bad
/// disk has been at it; and where nobody knows what belongs there the other hosts must not go on, or back, without it.
/// </summary>
internal static class DamagedRecord
{
    /// <summary>Why one host is passed over when the others go back: which data is in its place there is not known, so that nothing is moved or started.</summary>
    public static RestoreNotSafeException LeftAlone(RestoreHost host, string operation) => new(
        $"{host.Node.Name}: the record of the restore {operation} there is lost or damaged, so that it was left as it is: nobody knows what belongs there.",
        $"Run Undo-EtcdRestore, which says what to do with the record; it is {host.PathOf(operation, "record")}.");

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
