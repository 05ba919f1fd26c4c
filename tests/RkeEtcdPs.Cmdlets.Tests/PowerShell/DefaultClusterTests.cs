using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.PowerShell;

public sealed class DefaultClusterTests
{
    [PwshFact]
    public async Task The_environment_names_the_default_cluster_and_what_is_given_wins()
    {
        Pwsh run = await Pwsh.RunAsync(
            $$"""
            foreach ($name in 'own', 'rke', 'cluster', 'given') { '{{ClusterYaml.Lab}}'.Replace('cluster_name: lab', "cluster_name: $name") > "$name.yml" }
            $env:ETCDSNAPSHOT_CLUSTER = ''
            $env:RKE_CONFIG = ''
            (Get-RkeCluster).Name
            $env:RKE_CONFIG = './rke.yml'
            (Get-RkeCluster).Name
            $env:ETCDSNAPSHOT_CLUSTER = "$PWD/own.yml"
            (Get-RkeCluster).Name
            (Get-RkeCluster given.yml).Name
            (Get-RkeCluster -Verbose 4>&1)[0].Message -like '*own.yml*$env:ETCDSNAPSHOT_CLUSTER*'
            Save-EtcdSnapshot -WhatIf -Verbose *>&1 | ForEach-Object { "$_" } | Where-Object { $_ -like 'No cluster was given: *own.yml*' } | Measure-Object | ForEach-Object Count
            Save-EtcdSnapshot -WhatIf -Verbose -ClusterConfig given.yml 4>&1 | Measure-Object | ForEach-Object Count
            $env:ETCDSNAPSHOT_CLUSTER = "$PWD/gone.yml"
            (Get-RkeCluster -ErrorAction Ignore 3>&1).Message
            """);

        Assert.Equal("", run.Error);
        Assert.Equal(["cluster", "rke", "own", "given", "True", "1", "0", "No cluster was given, and what $env:ETCDSNAPSHOT_CLUSTER names is not there."], run.Output.Where(line => !line.StartsWith("What if", StringComparison.Ordinal)));
    }
}
