using RkeEtcdPs.Lab.Recovery.Tests;
using RkeEtcdPs.Lab.Recovery.Tests.ApiServers;
using RkeEtcdPs.Lab.Recovery.Tests.Schedules;

// The test runner loads this assembly and never comes here.
return args switch
{
    [DyingEnable.Verb, ..] => await DyingEnable.RunAsync(args),
    [DyingUpdate.Verb, ..] => await DyingUpdate.RunAsync(args),
    _ => await DyingClient.RunAsync(args),
};
