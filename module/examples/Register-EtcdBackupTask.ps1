#Requires -Version 7.4

<#
.SYNOPSIS
    Lets Windows Task Scheduler run Backup-EtcdCluster.ps1.
.DESCRIPTION
    Registers a task that runs as the given account, whether or not somebody is logged on, never twice at once, and again after a start that was missed.
    The task's last result is the exit code of the script. Anything that is not 0 is also written to a log file beside, with the summary.

    With -Run it is what the task itself runs.
.EXAMPLE
    ./Register-EtcdBackupTask.ps1 -Arguments @{ ClusterConfig = 'C:\rke\cluster.yml'; Destination = '\\nas\etcd'; OnAlert = 'C:\rke\Send-Page.ps1' } -At 02:00 -Credential (Get-Credential)
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    # The parameters of Backup-EtcdCluster.ps1, as texts, numbers and switches: an alert as the path of a script, -S3 and -Connection as Name=value,Name=value.
    [Parameter(Mandatory)]
    [hashtable] $Arguments,

    [string] $TaskName = 'EtcdSnapshot backup',

    # When it runs, every day.
    [datetime] $At = '02:00',

    # Who runs it: needs the key for the hosts, their known_hosts, and to be allowed to log on as a batch job.
    [pscredential] $Credential,

    # Gets the summary of every run.
    [string] $LogFile = (Join-Path ([Environment]::GetFolderPath('CommonApplicationData')) 'EtcdSnapshot' 'backup.log'),

    # Runs the job once, here and now.
    [switch] $Run
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$job = Join-Path $PSScriptRoot 'Backup-EtcdCluster.ps1'
if ($Run) {
    $summary = & $job @Arguments
    $null = New-Item -ItemType Directory -Force -Path (Split-Path $LogFile)
    $summary | ConvertTo-Json -Depth 4 -Compress | Add-Content -LiteralPath $LogFile
    $summary
    exit $summary.ExitCode
}

if (-not $IsWindows) {
    throw 'There is no Task Scheduler here: use etcdsnapshot-backup.timer, or cron.'
}

# The arguments travel as one word that needs no quotes.
$command = "`$a = [Management.Automation.PSSerializer]::Deserialize('$([Management.Automation.PSSerializer]::Serialize($Arguments).Replace("'", "''"))'); " +
    "& '$($PSCommandPath.Replace("'", "''"))' -Run -Arguments ([hashtable]`$a) -LogFile '$($LogFile.Replace("'", "''"))'; exit `$LASTEXITCODE"
$encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($command))
$action = New-ScheduledTaskAction -Execute (Get-Process -Id $PID).Path -Argument "-NoProfile -NonInteractive -EncodedCommand $encoded"
$settings = New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew -StartWhenAvailable -ExecutionTimeLimit (New-TimeSpan -Hours 6)
$who = if ($Credential) { @{ User = $Credential.UserName; Password = $Credential.GetNetworkCredential().Password } } else { @{ User = 'SYSTEM' } }
if ($PSCmdlet.ShouldProcess($TaskName, 'Register the scheduled task')) {
    Register-ScheduledTask -TaskName $TaskName -Action $action -Trigger (New-ScheduledTaskTrigger -Daily -At $At) -Settings $settings @who -Force
}
