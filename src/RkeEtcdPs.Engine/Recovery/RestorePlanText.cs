using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Says what a restore does on a host.</summary>
internal static class RestorePlanText
{
    public static RestorePlanHost Describe(RestorePreflight preflight, RestoreSession session, RestoreHost host)
    {
        List<string> actions = [];
        bool apiServer = preflight.ApiServers.Contains(host.Node.Name);
        string? source = session.Request.Source?.ToString() ?? preflight.Copies.Source?.Node.Name;
        bool copied = preflight.Copies.Missing.Contains(host) && source is not null;
        // What another client has done already is not done again. As long as one host has its old data, all of them stop once more.
        bool stops = preflight.Resumed is not { } resumed || session.Members.Any(member => !IsMoved(member, resumed));
        if (host.IsMember && host.Locked && preflight.Resumed is { } unfinished)
        {
            actions.AddRange(stops ? Stop(host, apiServer) : []);
            actions.AddRange(IsMoved(host, unfinished) ? [$"the new data is in {host.DataFolder} already"] : Move(host, unfinished.Operation));
            actions.Add("start etcd where it does not run, and prove the new cluster");
        }
        else if (host.IsMember && host.Locked)
        {
            if (copied)
            {
                actions.Add($"copy {session.Request.Name} to {SnapshotFolder.Path} from {source} and verify it");
            }

            actions.AddRange(Certify(host, preflight.Certificates.Authority?.Source));
            actions.Add($"make the new data in {host.PathOf(session.Request.Operation, "staged")}{(host.Etcd is { Running: true } ? " while etcd serves" : "")}");
            actions.AddRange(Stop(host, apiServer));
            actions.AddRange(Move(host, session.Request.Operation));
            actions.Add("start etcd and prove the new cluster");
        }
        else if (apiServer && stops)
        {
            actions.Add("stop kube-apiserver");
        }

        if (apiServer || preflight.Resumed?.ApiServers.Contains(host.Node.Name) == true)
        {
            actions.Add("start kube-apiserver");
        }

        return new RestorePlanHost
        {
            Node = host.Node.Name,
            Address = host.Node.Address,
            Member = host.IsMember ? host.MemberName : null,
            Container = host.Etcd?.Id,
            DataPath = host.IsMember && host.Locked ? host.DataFolder : null,
            DataSize = host.Look.Data,
            CopiedFrom = copied ? source : null,
            Certificates = [.. host.NewCertificates.SelectMany(one => new[] { one.CertificateFile, one.KeyFile }).OfType<string>()],
            Authority = host.NewCertificates.Count > 0 && preflight.Certificates.Authority is { } authority ? $"{authority.Source} ({authority.Thumbprint})" : null,
            Design = host.Planned?.Design,
            Actions = actions,
        };
    }

    private static IEnumerable<string> Certify(RestoreHost host, string? authority) => host.NewCertificates.Select(one => one switch
    {
        { KeyFile: null } => $"put {one.CertificateFile} of {authority} into {host.CertificateFolder}",
        { Given: not null } => $"put the given {one.CertificateFile} with its key into {host.CertificateFolder}: it {one.Reason}",
        _ => $"issue {one.CertificateFile} with its key in {host.CertificateFolder} by the authority of {authority}: it {one.Reason}",
    });

    private static IEnumerable<string> Stop(RestoreHost host, bool apiServer)
    {
        if (apiServer)
        {
            yield return "stop kube-apiserver";
        }

        yield return host.Etcd is null ? $"etcd has no container: make one {host.PlannedAfter}" : host.Etcd.Running ? "stop etcd" : "etcd does not run";
    }

    private static IEnumerable<string> Move(RestoreHost host, string operation)
    {
        yield return host.Look.Data is null ? "there is no old data to keep" : $"move {host.DataFolder}/member to {host.PathOf(operation, "kept/member")}";
        yield return $"move {host.PathOf(operation, "staged/member")} to {host.DataFolder}/member";
    }

    private static bool IsMoved(RestoreHost host, RestoreRecord resumed)
        => host.Look.Find(resumed.Operation) is { Phase: RestorePhase.Switching or RestorePhase.Done, Staged: null };
}
