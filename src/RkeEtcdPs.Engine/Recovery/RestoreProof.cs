using System.Globalization;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Members;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Proves that restored members are one cluster that holds the snapshot, serves reads and takes writes. Writes nothing.</summary>
internal sealed class RestoreProof(RestoreSession session, RestoreRecord record)
{
    private const int Looks = 5;

    // How long a member whose peers call it a stranger may take after another one was healthy. A member that is only slow hears so of a third one, which is the stranger.
    private static readonly TimeSpan StrangerLimit = TimeSpan.FromSeconds(10);

    // How long the others are waited for after one has failed: what is wrong with them too is to be told, and shows as soon. Longer would be outage for nothing.
    private static readonly TimeSpan OwnFailureLimit = TimeSpan.FromSeconds(2);

    // When the first member was healthy, by the tick count; 0 before.
    private long _healthy;
    // The same of the first that failed.
    private long _failed;

    /// <exception cref="EtcdUnhealthyException">They are not.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await session.StepAsync(RestoreStep.Prove, session.Members, ProveMemberAsync, cancellationToken).ConfigureAwait(false);
        await CompareAsync(cancellationToken).ConfigureAwait(false);
        await TellAlarmsAsync(session.Members[0], cancellationToken).ConfigureAwait(false);
    }

    // The cluster is proved by now, and a question without an answer is no reason to go back.
    private async Task TellAlarmsAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        try
        {
            string alarms = await new MemberProbe(host).AlarmsAsync(cancellationToken).ConfigureAwait(false);
            if (alarms.Length > 0)
            {
                session.Story.Report(new HostWarning(session.Cluster.Name, $"The snapshot brought an alarm with it, which limits what the cluster takes: {alarms.ReplaceLineEndings(" ")}."));
            }
        }
        catch (EtcdSnapshotException failure)
        {
            session.Story.Report(new HostWarning(host.Node.Name, $"Whether the snapshot brought an alarm with it could not be asked. {failure.Message}"));
        }
    }

    private async Task ProveMemberAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        try
        {
            await ProveMemberAsync(host, new MemberProbe(host), cancellationToken).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException)
        {
            Interlocked.CompareExchange(ref _failed, Environment.TickCount64, 0);
            throw;
        }
    }

    private async Task ProveMemberAsync(RestoreHost host, MemberProbe probe, CancellationToken cancellationToken)
    {
        if (!await probe.WaitHealthyAsync(session.Request.ProofLimit, () => MayRecoverAsync(host, probe, cancellationToken), cancellationToken).ConfigureAwait(false))
        {
            return; // Another member failed, which ends this step: it says why, and waiting for this one would be outage for nothing.
        }

        host.Outage.Stop();
        Interlocked.CompareExchange(ref _healthy, Environment.TickCount64, 0);
        await probe.ProposeAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string>? peers = await probe.PeerUrlsAsync(cancellationToken).ConfigureAwait(false);
        string[] expected = [.. session.Members.SelectMany(member => member.PeerUrls.Split(',')).Order(StringComparer.Ordinal)];
        if (peers is null || !peers.Order(StringComparer.Ordinal).SequenceEqual(expected))
        {
            throw new EtcdUnhealthyException(host.Node, $"its members are {string.Join(", ", peers ?? [])}, and should be {string.Join(", ", expected)}");
        }
    }

    // A member that could not use its data makes a cluster of its own, and waits for ever for those who are in another.
    private async Task<bool> MayRecoverAsync(RestoreHost host, MemberProbe probe, CancellationToken cancellationToken)
    {
        long healthy = Interlocked.Read(ref _healthy);
        if (healthy != 0 && Environment.TickCount64 - healthy > StrangerLimit.TotalMilliseconds && await probe.IsStrangerAsync(cancellationToken).ConfigureAwait(false))
        {
            throw new EtcdUnhealthyException(host.Node, "it is not in the cluster of the other members: it did not start from the data that was put there");
        }

        long failed = Interlocked.Read(ref _failed);
        return failed == 0 || Environment.TickCount64 - failed < OwnFailureLimit.TotalMilliseconds;
    }

    // Others may write already, straight to etcd; a hash compares only at the same revision.
    private async Task CompareAsync(CancellationToken cancellationToken)
    {
        for (int look = 1; ; look++)
        {
            long at = look == 1 ? record.Revision : 0;
            MemberState?[] states = await Task.WhenAll(session.Members.Select(host => new MemberProbe(host).HashAsync(at, cancellationToken))).ConfigureAwait(false);
            bool comparable = states.All(state => state is not null) && (at != 0 || states.Select(state => state!.Revision).Distinct().Count() == 1);
            if (!comparable && look < Looks)
            {
                continue;
            }

            Check(states, comparable);
            foreach ((RestoreHost host, MemberState? state) in session.Members.Zip(states))
            {
                host.Revision = state?.Revision;
            }

            return;
        }
    }

    private void Check(MemberState?[] states, bool comparable)
    {
        for (int i = 0; i < states.Length; i++)
        {
            RestoreHost host = session.Members[i];
            MemberState state = states[i] ?? throw new EtcdUnhealthyException(host.Node, "it does not tell the hash of its keys");
            if (state.ClusterId != states[0]!.ClusterId || state.ClusterId == record.OldClusterId)
            {
                throw new EtcdUnhealthyException(host.Node, $"it is in the cluster {state.ClusterId}, the first member in {states[0]!.ClusterId}, and the old cluster was {record.OldClusterId}");
            }

            if (state.Revision < record.Revision)
            {
                throw new EtcdUnhealthyException(host.Node, string.Create(CultureInfo.InvariantCulture, $"its revision is {state.Revision} and should be {record.Revision}"));
            }

            if (comparable && state.Hash != states[0]!.Hash)
            {
                throw new EtcdUnhealthyException(host.Node, $"its keys differ from those of {session.Members[0].Node.Name}");
            }
        }

        if (!comparable)
        {
            session.Story.Report(new HostWarning(session.Cluster.Name, "The members could not be compared at one revision: somebody writes to them all the time."));
        }
    }
}
