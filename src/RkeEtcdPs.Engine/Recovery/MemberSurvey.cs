using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Members;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>What the members of the old cluster say before a restore, as far as they run.</summary>
internal sealed class MemberSurvey(RestoreSession session, RestoreFindings findings)
{
    private static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(5);

    private readonly Dictionary<RestoreHost, MemberState> _states = [];
    private readonly Dictionary<RestoreHost, TimeSpan> _clocks = [];
    private readonly HashSet<RestoreHost> _healthy = [];
    private int _strangersTold;

    /// <summary>The addresses of members that cluster.yml does not name, as far as the cluster has told of them.</summary>
    public HashSet<string> Strangers { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The id of the cluster as it is; null when no member tells.</summary>
    public string? ClusterId => _states.Values.FirstOrDefault()?.ClusterId;

    /// <summary>The revision of the cluster as it is; null when it does not serve.</summary>
    public long? Revision => _states.Where(state => _healthy.Contains(state.Key)).Select(state => (long?)state.Value.Revision).Max();

    /// <summary>Whether the member of a host serves now.</summary>
    public bool Serves(RestoreHost host) => _healthy.Contains(host);

    public async Task AskAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        lock (_states)
        {
            _clocks[host] = host.ClockOffset;
        }

        if (host.Etcd is not { Running: true })
        {
            return;
        }

        MemberProbe probe = new(host);
        try
        {
            Task<MemberState?> asked = probe.StatusAsync(cancellationToken);
            Task<bool> tried = probe.IsHealthyAsync(cancellationToken);
            await Task.WhenAll(asked, tried).ConfigureAwait(false);
            bool healthy = await tried.ConfigureAwait(false);
            lock (_states)
            {
                if (asked.Result is { } state)
                {
                    _states[host] = state;
                    host.Leads = state.Leads;
                }

                if (healthy)
                {
                    _healthy.Add(host);
                }
            }

            // Without a quorum the members that it would name are not those of the cluster for certain.
            await CheckStrangersAsync(probe, healthy ? await probe.MembersAsync(cancellationToken).ConfigureAwait(false) : null, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is EtcdNotRunningException or DockerUnavailableException { Answered: true })
        {
            // It has just ended, perhaps as it always does; a restore does not need it.
        }
    }

    public void CheckClocks()
    {
        if (DescribeClocks([.. _clocks.Select(clock => (clock.Key.Node.Name, clock.Value))]) is { } differing)
        {
            findings.Warn(null, differing, "Set them (NTP): certificates and leases depend on them.");
        }
    }

    /// <summary>How clocks differ from each other; null when they do not. This machine's may be wrong itself.</summary>
    internal static string? DescribeClocks(IReadOnlyList<(string Node, TimeSpan Offset)> clocks)
        => clocks.Count > 1 && clocks.Max(clock => clock.Offset) - clocks.Min(clock => clock.Offset) > MostSkew
            ? $"The clocks of the hosts differ: {string.Join(", ", clocks.Select(clock => FormattableString.Invariant($"{clock.Node} {clock.Offset.TotalSeconds:+0;-0;0} s")))} from this machine's."
            : null;

    private async Task CheckStrangersAsync(MemberProbe probe, IReadOnlyList<(string[] Peers, string[] Clients)>? members, CancellationToken cancellationToken)
    {
        if (members is null)
        {
            return;
        }

        HashSet<string> known = [.. session.Hosts.Where(one => one.Node.Is(NodeRoles.Etcd)).SelectMany(one => one.PeerUrls.Split(','))];
        (string[] Peers, string[] Clients)[] strangers = [.. members.Where(member => !member.Peers.All(known.Contains))];
        // Every member says the same; one finding is enough.
        if (strangers.Length == 0 || Interlocked.Exchange(ref _strangersTold, 1) != 0)
        {
            return;
        }

        // The cluster has a quorum, or it would not be asked. When the others are too few for one, strangers are part of it, whether they answer here or not.
        bool dispensable = members.Count - strangers.Length > members.Count / 2;
        foreach ((string[] peers, string[] clients) in strangers)
        {
            Strangers.UnionWith(peers.Select(FormerMembers.AddressOf).OfType<string>());
            string urls = string.Join(", ", peers.Where(url => !known.Contains(url)));
            if (dispensable && clients.Length > 0 && !await probe.AnswersAsync(clients, cancellationToken).ConfigureAwait(false))
            {
                findings.Warn(null, $"The cluster has a member that cluster.yml does not name, and that does not answer: {urls}.", "It is taken for gone for good, and will not be in the restored cluster. If its host comes back, remove etcd from it.");
            }
            else
            {
                findings.Add(null, "RestoreNotSafe", $"The cluster has a member that cluster.yml does not name: {urls}.",
                    "Put that host into cluster.yml or remove the member from etcd, then try again: it would go on with the old data.");
            }
        }
    }
}
