#Requires -Version 7.4

<#
.SYNOPSIS
    Backup-EtcdCluster.ps1 as a runbook of Azure Automation, on a hybrid worker that reaches the hosts.
.DESCRIPTION
    Takes what it needs from the Automation account: the variables EtcdClusterConfig (the text of cluster.yml, encrypted if it holds keys) and
    EtcdDestination (a folder or share that the worker sees) or EtcdUri (a bucket), and the credential EtcdBucket for the bucket, if there is one.
    On the worker: the module, PowerShell 7.4, and known_hosts of the account that runs the jobs or an ssh_config that -SshConfig names.

    The job fails when something failed or the newest good copy is too old, so that an alert rule on failed jobs tells of both. The summary is its output.
#>
[CmdletBinding()]
param(
    [switch] $Save,
    [timespan] $MaxAge = '1.02:00:00',
    [string] $SshConfig,
    [string] $Examples = $PSScriptRoot
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# One that is not there is no error here: some are alternatives.
function Get-Setting([string] $name) {
    try { Get-AutomationVariable -Name $name } catch { $null }
}

$folder = Join-Path ([IO.Path]::GetTempPath()) "etcdsnapshot-runbook-$([guid]::NewGuid().ToString('N'))"
$null = $IsWindows ? [IO.Directory]::CreateDirectory($folder) : [IO.Directory]::CreateDirectory($folder, [IO.UnixFileMode]'UserRead, UserWrite, UserExecute')
try {
    $clusterConfig = Join-Path $folder cluster.yml
    Set-Content -LiteralPath $clusterConfig -Value (Get-AutomationVariable -Name EtcdClusterConfig)
    $job = @{
        ClusterConfig = $clusterConfig
        Save          = $Save
        MaxAge        = $MaxAge
        LockFile      = Join-Path ([IO.Path]::GetTempPath()) 'etcdsnapshot-runbook.lock'
    }
    if ($SshConfig) { $job.Connection = @{ SshConfig = $SshConfig } }
    if ($destination = Get-Setting EtcdDestination) { $job.Destination = $destination }
    if ($uri = Get-Setting EtcdUri) {
        $job.Uri = $uri
        $credential = try { Get-AutomationPSCredential -Name EtcdBucket } catch { $null }
        if ($credential) { $job.S3 = @{ Credential = $credential } }
    }

    $summary = & (Join-Path $Examples 'Backup-EtcdCluster.ps1') @job
}
finally {
    Remove-Item -LiteralPath $folder -Recurse -Force
}

$summary
if ($summary.ExitCode -notin 0, 3) {
    throw "$($summary.Outcome): $($summary.Failures -join ' ')"
}
