using RkeEtcdPs.Benchmarks;

return args switch
{
    ["save", .. string[] rest] => await SaveBenchmark.RunAsync(rest),
    _ => 2,
};
