using RkeEtcdPs.Lab.Recovery.Tests;
using RkeEtcdPs.Lab.Recovery.Tests.Schedules;

// The test runner loads this assembly and never comes here.
return args is [DyingEnable.Verb, ..] ? await DyingEnable.RunAsync(args) : await DyingClient.RunAsync(args);
