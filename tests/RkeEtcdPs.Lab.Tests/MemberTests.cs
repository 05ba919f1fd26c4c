using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Members;
using Xunit;

namespace RkeEtcdPs.Lab.Tests;

public sealed class MemberTests(LabFixture fixture) : ProductTest(fixture)
{
    [SkippableFact]
    public async Task Members_tell_what_etcdctl_tells()
    {
        await Lab.Hosts[0].PutAsync("a", "1");

        EtcdMember[] members = [.. (await Product.MembersAsync()).Select(outcome => outcome.Value!)];

        Assert.All(members, member => Assert.True(member is { Healthy: true, IsLearner: false, Version: "3.4.23", Alarms: [], Errors: [] }));
        EtcdMember leader = Assert.Single(members, member => member.IsLeader == true);
        Assert.All(members, member => Assert.Equal(leader.MemberId, member.LeaderId));
        Assert.Single(members.Select(member => member.Revision).Distinct());
        string status = (await Lab.Hosts[0].EtcdctlAsync("endpoint", "status")).OrThrow().StandardOutput;
        Assert.Contains(members[0].MemberId, status);
        Assert.All(members, member => Assert.True(member is { DbSize: > 0, DbSizeInUse: > 0, RaftIndex: > 0, RaftTerm: > 0 }));
        Assert.Contains(Product.Story.OfType<HostMessage>(), message => message.Message == "3 of 3 etcd members are healthy and 2 are the quorum.");
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Alarm_is_told_for_the_member_that_raised_it()
    {
        Outcome<EtcdMember>[] before = await Product.MembersAsync();
        ulong member = Convert.ToUInt64(before[1].Value!.MemberId, 16);
        await Lab.Hosts[1].RaiseNoSpaceAlarmAsync(member);
        try
        {
            EtcdMember[] members = [.. (await Product.MembersAsync()).Select(outcome => outcome.Value!)];

            Assert.Equal(["NOSPACE"], members[1].Alarms);
            Assert.Empty(members[0].Alarms);
        }
        finally
        {
            (await Lab.Hosts[1].EtcdctlAsync("alarm", "disarm")).OrThrow();
        }
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Without_quorum_the_last_member_still_tells_its_status_and_still_can_be_saved()
    {
        await Lab.Hosts[1].StopEtcdAsync();
        await Lab.Hosts[2].StopEtcdAsync();
        // A leader needs an election timeout to notice that it is alone.
        for (int look = 0; look < 50 && Assert.Single(await Product.MembersAsync(Lab.Hosts[0].Name)).Value!.IsLeader is not null; look++)
        {
            await Task.Delay(200);
        }

        Outcome<EtcdMember>[] outcomes = await Product.MembersAsync();

        EtcdMember survivor = outcomes[0].Value!;
        Assert.False(survivor.Healthy);
        Assert.Null(survivor.IsLeader);
        Assert.NotEmpty(survivor.Errors);
        Assert.All(outcomes.Skip(1), outcome => Assert.IsType<EtcdNotRunningException>(outcome.Failure));
        Assert.Contains(Product.Story.OfType<HostWarning>(), warning => warning.Message.StartsWith("None of the 1 members that answered", StringComparison.Ordinal));
        Assert.True(Assert.Single(await Product.SaveAsync("last-chance", Lab.Hosts[0].Name)).Value!.Verified);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task One_member_less_is_a_warning_that_no_more_may_fail()
    {
        await Lab.Hosts[2].StopEtcdAsync();

        await Product.MembersAsync();

        Assert.Contains(Product.Story.OfType<HostWarning>(), warning => warning.Message.EndsWith("not one more may fail.", StringComparison.Ordinal));
    }
}
