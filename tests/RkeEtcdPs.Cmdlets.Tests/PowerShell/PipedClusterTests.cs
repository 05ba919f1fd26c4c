using RkeEtcdPs.Cmdlets.Tests.Commands;
using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.PowerShell;

/// <summary>Test-EtcdSnapshot in a real PowerShell: clusters that are piped in are clusters, and paths are snapshots. Nothing listens on the host's port.</summary>
public sealed class PipedClusterTests : IDisposable
{
    private const string Prepare =
        """
        ssh-keygen -q -t ed25519 -N '' -f "$PSScriptRoot/key"
        "cluster_name: lab`nnodes:`n- {address: 127.0.0.1, port: '1', hostname_override: a, user: root, role: [controlplane, etcd, worker], ssh_key_path: '$PSScriptRoot/key'}" | Set-Content lab.yml
        $lab = Get-RkeCluster lab.yml
        function Said($what) { try { & $what 2>&1 | ForEach-Object { $_ -is [Management.Automation.ErrorRecord] ? $_.FullyQualifiedErrorId.Split(',')[0] : "$_" } } catch { $_.FullyQualifiedErrorId.Split(',')[0] } }
        $ErrorActionPreference = 'Continue'

        """;

    private readonly SnapshotFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PwshFact]
    public async Task Clusters_are_taken_from_the_pipeline_and_in_all_forms_by_name()
    {
        Pwsh run = await Pwsh.RunAsync(Prepare +
            """
            "piped $(Said { $lab | Test-EtcdSnapshot })"
            "from a job $(Said { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($lab, 2)) | Test-EtcdSnapshot })"
            "cluster $(Said { Test-EtcdSnapshot -ClusterConfig $lab })"
            "path $(Said { Test-EtcdSnapshot -ClusterConfig lab.yml })"
            "paths $(Said { Test-EtcdSnapshot -ClusterConfig l*.yml, lab.yml })"
            "file $(Said { Test-EtcdSnapshot -ClusterConfig (Get-Item lab.yml) })"
            "text $(Said { Test-EtcdSnapshot -ClusterConfig (Get-Content lab.yml -Raw) })"
            """);

        Assert.Equal("", run.Error);
        Assert.Equal(
            ["piped NodeUnreachable", "from a job NodeUnreachable", "cluster NodeUnreachable", "path NodeUnreachable", "paths NodeUnreachable", "file NodeUnreachable", "text NodeUnreachable"],
            run.Output);
    }

    [PwshFact]
    public async Task Paths_and_files_are_snapshots()
    {
        string path = _folder.Write("good", SnapshotFolder.Shop().Build());

        Pwsh run = await Pwsh.RunAsync(Prepare +
            $$"""
            "path $(Said { '{{path}}' | Test-EtcdSnapshot -Quiet })"
            "paths $(Said { , @('{{path}}', '{{path}}') | Test-EtcdSnapshot -Quiet })"
            "file $(Said { Get-Item '{{path}}' | Test-EtcdSnapshot -Quiet })"
            "listed $(Said { Get-EtcdSnapshot -Path '{{path}}' | Test-EtcdSnapshot -Quiet })"
            """);

        Assert.Equal("", run.Error);
        Assert.Equal(["path True", "paths True", "file True", "listed True"], run.Output);
    }
}
