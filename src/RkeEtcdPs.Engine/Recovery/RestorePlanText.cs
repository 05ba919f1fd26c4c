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
        if (host.IsMember && host.Locked)
        {
            string operation = preflight.Resumed?.Operation ?? session.Request.Operation;
            if (copied)
            {
                actions.Add($"copy {session.Request.Name} to {SnapshotFolder.Path} from {source} and verify it");
            }

            actions.Add($"make the new data in {host.PathOf(operation, "staged")} while etcd serves");
            if (apiServer)
            {
                actions.Add("stop kube-apiserver");
            }

            actions.Add(host.Etcd is null ? "etcd has no container: make one after that of another host" : host.Etcd.Running ? "stop etcd" : "etcd does not run: leave it stopped");
            actions.Add(host.Look.Data is null ? "there is no old data to keep" : $"move {host.DataFolder}/member to {host.PathOf(operation, "kept/member")}");
            actions.Add($"move {host.PathOf(operation, "staged/member")} to {host.DataFolder}/member");
            actions.Add("start etcd and prove the new cluster");
        }
        else if (apiServer)
        {
            actions.Add("stop kube-apiserver");
        }

        if (apiServer)
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
            Actions = actions,
        };
    }
}
