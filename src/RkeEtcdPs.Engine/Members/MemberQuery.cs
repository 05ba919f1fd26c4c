using System.Globalization;
using System.Text.Json;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;

namespace RkeEtcdPs.Engine.Members;

/// <summary>Asks the etcd member of a host about itself, with the etcdctl of its own container.</summary>
internal static class MemberQuery
{
    /// <exception cref="EtcdNotRunningException">There is no running etcd container.</exception>
    /// <exception cref="EtcdUnhealthyException">The member does not even tell its status.</exception>
    public static async Task<EtcdMember> RunAsync(DockerEngine engine, CancellationToken cancellationToken)
    {
        EtcdContainer etcd = await EtcdContainer.FindAsync(engine, cancellationToken).ConfigureAwait(false);
        Task<ProgramResult> EtcdctlAsync(params string[] arguments)
            => ContainerProgram.RunAsync(engine, etcd.Id, etcd.EtcdctlEnvironment, ["etcdctl", .. arguments], cancellationToken);

        // Status is answered by the member alone; health and alarms need the quorum and may wait in vain for it.
        Task<ProgramResult> status = EtcdctlAsync("endpoint", "status", "--write-out=json");
        Task<ProgramResult> health = EtcdctlAsync("endpoint", "health");
        Task<ProgramResult> alarms = EtcdctlAsync("alarm", "list");
        await Task.WhenAll(status, health, alarms).ConfigureAwait(false);
        ProgramResult answer = await status.ConfigureAwait(false);
        try
        {
            using JsonDocument json = JsonDocument.Parse(answer.Output);
            return Read(engine.Node, json.RootElement[0].GetProperty("Status"), await health.ConfigureAwait(false), await alarms.ConfigureAwait(false));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException or FormatException)
        {
            throw new EtcdUnhealthyException(engine.Node, answer.LastWords ?? "its status cannot be understood");
        }
    }

    private static EtcdMember Read(RkeNode node, JsonElement status, ProgramResult health, ProgramResult alarms)
    {
        JsonElement header = status.GetProperty("header");
        ulong member = header.GetProperty("member_id").GetUInt64();
        ulong leader = status.TryGetProperty("leader", out JsonElement known) ? known.GetUInt64() : 0;
        List<string> errors = [.. Strings(status, "errors")];
        if (alarms.ExitCode != 0 && health.ExitCode == 0)
        {
            errors.Add($"alarms unknown: {alarms.LastWords ?? "no answer"}");
        }

        if (health.ExitCode != 0)
        {
            errors.Add(health.LastWords ?? "not healthy");
        }

        return new EtcdMember
        {
            ClusterName = node.ClusterName,
            Node = node.Name,
            Address = node.Address,
            Healthy = health.ExitCode == 0,
            MemberId = Hexadecimal(member),
            Version = status.GetProperty("version").GetString() ?? "",
            IsLeader = leader == 0 ? null : leader == member,
            LeaderId = leader == 0 ? null : Hexadecimal(leader),
            IsLearner = status.TryGetProperty("isLearner", out JsonElement learner) && learner.GetBoolean(),
            Revision = Number(header, "revision") ?? 0,
            RaftIndex = Number(status, "raftIndex") ?? 0,
            RaftTerm = Number(status, "raftTerm") ?? 0,
            DbSize = Number(status, "dbSize") ?? 0,
            DbSizeInUse = Number(status, "dbSizeInUse"),
            Alarms = new([.. alarms.Output.Split('\n').Where(line => IsAbout(line, member)).Select(line => line[(line.LastIndexOf(':') + 1)..].Trim())]),
            Errors = new(errors),
        };
    }

    // One line is `memberID:<decimal> alarm:NOSPACE`.
    private static bool IsAbout(string line, ulong member)
        => line.StartsWith(string.Create(CultureInfo.InvariantCulture, $"memberID:{member} "), StringComparison.Ordinal);

    private static IEnumerable<string> Strings(JsonElement parent, string name)
        => parent.TryGetProperty(name, out JsonElement list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(item => item.GetString() ?? "")
            : [];

    private static long? Number(JsonElement parent, string name) => parent.TryGetProperty(name, out JsonElement number) ? number.GetInt64() : null;

    private static string Hexadecimal(ulong id) => id.ToString("x", CultureInfo.InvariantCulture);
}
