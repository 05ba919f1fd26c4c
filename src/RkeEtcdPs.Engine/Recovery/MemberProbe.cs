using System.Globalization;
using System.Text.Json;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Members;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Asks the member of a host, with the etcdctl of its own container.</summary>
internal sealed class MemberProbe(RestoreHost host)
{
    private const int LogLines = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    /// <summary>Waits until a read that needs the quorum goes through the member.</summary>
    /// <param name="limit">How long it may take.</param>
    /// <param name="goOn">Asked each time that it is not healthy yet; null to wait in any case.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>True when it is healthy; false when <paramref name="goOn"/> said no.</returns>
    /// <exception cref="EtcdUnhealthyException">It did not within the limit.</exception>
    /// <exception cref="EtcdNotRunningException">Its container ended.</exception>
    public async Task<bool> WaitHealthyAsync(TimeSpan limit, Func<Task<bool>>? goOn, CancellationToken cancellationToken)
    {
        long deadline = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        string said = "it gave no answer";
        while (Environment.TickCount64 < deadline)
        {
            EtcdDeployment? etcd = await EtcdDeployment.FindAsync(host.Engine, cancellationToken).ConfigureAwait(false);
            if (etcd is not { Inspected.State: { } state } || (!state.Running && !state.Restarting))
            {
                throw new EtcdNotRunningException(host.Node, $"its container ended with exit code {etcd?.Inspected.State?.ExitCode}");
            }

            if (etcd.Running)
            {
                try
                {
                    ProgramResult health = await EtcdctlAsync(cancellationToken, "endpoint", "health", "--dial-timeout=1s", "--command-timeout=1s").ConfigureAwait(false);
                    if (IsHealthy(health))
                    {
                        return true;
                    }

                    said = health.LastWords ?? said;
                    if (goOn is not null && !await goOn().ConfigureAwait(false))
                    {
                        return false;
                    }
                }
                catch (Exception error) when (error is EtcdNotRunningException or Hosts.DockerUnavailableException { Answered: true })
                {
                    // It has just ended; the next look says so.
                }
            }

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }

        throw new EtcdUnhealthyException(host.Node, $"not healthy after {limit.TotalSeconds:0} s: {said}");
    }

    /// <summary>Whether its log says of late that its peers are in another cluster. It does not serve then, and so tells it in no other way.</summary>
    public async Task<bool> IsStrangerAsync(CancellationToken cancellationToken)
    {
        EtcdContainer etcd = await EtcdContainer.FindAsync(host.Engine, cancellationToken).ConfigureAwait(false);
        return (await ContainerLog.TailAsync(host.Engine, etcd.Id, LogLines, cancellationToken).ConfigureAwait(false)).Any(line => line.Contains("cluster ID mismatch", StringComparison.Ordinal));
    }

    /// <summary>Whether a read that needs the quorum goes through the member now.</summary>
    public async Task<bool> IsHealthyAsync(CancellationToken cancellationToken)
        => IsHealthy(await EtcdctlAsync(cancellationToken, "endpoint", "health", "--dial-timeout=3s", "--command-timeout=3s").ConfigureAwait(false));

    /// <summary>Whether an answer of <c>endpoint health</c> says that the read went through.</summary>
    /// <remarks>From 3.5 on a member with an alarm is called unhealthy as well, although it looks for alarms only after that read.</remarks>
    internal static bool IsHealthy(ProgramResult health) => health.ExitCode == 0 || (health.Error + health.Output).Contains("Active Alarm", StringComparison.Ordinal);

    /// <summary>The member's hash of all keys at a revision, 0 for now, with the header of its answer; null when it cannot tell.</summary>
    public async Task<MemberState?> HashAsync(long revision, CancellationToken cancellationToken)
    {
        ProgramResult answer = await EtcdctlAsync(
            cancellationToken, "endpoint", "hashkv", string.Create(CultureInfo.InvariantCulture, $"--rev={revision}"), "--command-timeout=60s", "--write-out=json").ConfigureAwait(false);
        return Read(answer, "HashKV", item => item.TryGetProperty("hash", out JsonElement hash) ? hash.GetUInt64() : null);
    }

    /// <summary>The member's own account; null when it gives none.</summary>
    public async Task<MemberState?> StatusAsync(CancellationToken cancellationToken)
        => Read(await EtcdctlAsync(cancellationToken, "endpoint", "status", "--dial-timeout=2s", "--command-timeout=3s", "--write-out=json").ConfigureAwait(false), "Status", _ => null);

    /// <summary>The peer URLs of all members that the cluster has; null when it cannot tell.</summary>
    public async Task<IReadOnlyList<string>?> PeerUrlsAsync(CancellationToken cancellationToken)
        => (await MembersAsync(cancellationToken).ConfigureAwait(false))?.SelectMany(member => member.Peers).ToArray();

    /// <summary>The members that the cluster has, each with its peer and client URLs; null when it cannot tell.</summary>
    public async Task<IReadOnlyList<(string[] Peers, string[] Clients)>?> MembersAsync(CancellationToken cancellationToken)
    {
        ProgramResult answer = await EtcdctlAsync(cancellationToken, "member", "list", "--dial-timeout=2s", "--command-timeout=5s", "--write-out=json").ConfigureAwait(false);
        try
        {
            using JsonDocument json = JsonDocument.Parse(answer.Output);
            return [.. json.RootElement.GetProperty("members").EnumerateArray().Select(member => (Urls(member, "peerURLs"), Urls(member, "clientURLs")))];
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Whether another member answers this one at any of its client URLs, with a quorum or without. Older RKE advertises ports on which nothing listens.</summary>
    public async Task<bool> AnswersAsync(IReadOnlyList<string> clientUrls, CancellationToken cancellationToken)
    {
        EtcdContainer etcd = await EtcdContainer.FindAsync(host.Engine, cancellationToken).ConfigureAwait(false);
        return (await Task.WhenAll(clientUrls.Select(AnswersAsync)).ConfigureAwait(false)).Contains(true);

        async Task<bool> AnswersAsync(string url)
        {
            // Not as a flag: etcdctl refuses one that its environment has too.
            string[] environment = [.. etcd.EtcdctlEnvironment.Where(setting => !setting.StartsWith("ETCDCTL_ENDPOINTS=", StringComparison.Ordinal)), $"ETCDCTL_ENDPOINTS={url}"];
            return (await ContainerProgram.RunAsync(host.Engine, etcd.Id, environment, ["etcdctl", "endpoint", "status", "--dial-timeout=3s", "--command-timeout=3s"], cancellationToken).ConfigureAwait(false)).ExitCode == 0;
        }
    }

    /// <summary>Has the cluster agree on a change that changes nothing: the removal of a key that is not there.</summary>
    public async Task ProposeAsync(CancellationToken cancellationToken)
    {
        ProgramResult answer = await EtcdctlAsync(cancellationToken, "del", $"etcdsnapshot/proof/{Guid.NewGuid():N}", "--command-timeout=10s").ConfigureAwait(false);
        if (answer.ExitCode != 0)
        {
            throw new EtcdUnhealthyException(host.Node, $"it takes no changes: {answer.LastWords}");
        }
    }

    /// <summary>Alarms of the cluster, such as <c>NOSPACE</c>.</summary>
    public async Task<string> AlarmsAsync(CancellationToken cancellationToken)
        => (await EtcdctlAsync(cancellationToken, "alarm", "list").ConfigureAwait(false)).Output.Trim();

    private async Task<ProgramResult> EtcdctlAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        EtcdContainer etcd = await EtcdContainer.FindAsync(host.Engine, cancellationToken).ConfigureAwait(false);
        return await ContainerProgram.RunAsync(host.Engine, etcd.Id, etcd.EtcdctlEnvironment, ["etcdctl", .. arguments], cancellationToken).ConfigureAwait(false);
    }

    private static MemberState? Read(ProgramResult answer, string name, Func<JsonElement, ulong?> hash)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(answer.Output);
            JsonElement item = json.RootElement[0].GetProperty(name);
            JsonElement header = item.GetProperty("header");
            return new MemberState(
                header.GetProperty("cluster_id").GetUInt64().ToString("x", CultureInfo.InvariantCulture),
                header.TryGetProperty("revision", out JsonElement revision) ? revision.GetInt64() : 0,
                hash(item),
                item.TryGetProperty("leader", out JsonElement leader) && header.TryGetProperty("member_id", out JsonElement id) && leader.GetUInt64() == id.GetUInt64());
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException or FormatException)
        {
            return null;
        }
    }

    // A member that never started has no client URLs.
    private static string[] Urls(JsonElement member, string property)
        => member.TryGetProperty(property, out JsonElement urls) ? [.. urls.EnumerateArray().Select(url => url.GetString() ?? "")] : [];
}
