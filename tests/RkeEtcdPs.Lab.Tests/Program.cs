using RkeEtcdPs.Lab.Tests.Recovery;

// The test runner loads this assembly and never comes here.
return await DyingClient.RunAsync(args);
