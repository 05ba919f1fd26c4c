#Requires -Version 7.4

<#
.SYNOPSIS
    Brings etcd snapshots away from their hosts, proves them there and thins them out: one run of an unattended job.
.DESCRIPTION
    For each cluster: takes a new snapshot (-Save), or collects what the recurring service on the hosts has saved since the last run; copies what is
    not there yet to a folder or share (-Destination) and to a bucket (-Uri), each into CLUSTER/NODE; reads the newest copy in each place to its end;
    and removes what the retention lets go, unless something has failed before. Where the newest good copy is older than -MaxAge, or anything has
    failed, -OnAlert is called with the summary.

    The retention counts and removes only what is verified, so each run reads every copy in each place to its end: from a bucket, all of them are
    downloaded. Where that costs too much, run it less often, or keep fewer copies.

    Emits one summary object, and ends with exit code
        0  all is well
        1  something failed
        2  nothing failed, but a newest good copy is too old
        3  another run is under way, and this one did nothing; by their names the copies are young enough

    A scheduler starts it with pwsh -File, which knows of nothing but texts. So each parameter can be given as one: -S3 and -Connection as
    'Name=value,Name=value', with true for a switch, and -OnAlert as the path of a script or program. No secret can be given so, where all users of
    the machine would see it: for a bucket use ProfileName, or the environment as the AWS SDK knows it.
.EXAMPLE
    ./Backup-EtcdCluster.ps1 -Destination //nas/etcd -KeepWithin 14d -OnAlert { param($summary) $summary | ConvertTo-Json -Depth 3 | ./Send-Page.ps1 }
.EXAMPLE
    ./Backup-EtcdCluster.ps1 -Save -Uri s3://backup/etcd -S3 @{ Endpoint = 'minio.example.com:9000'; ProfileName = 'etcd' }
.EXAMPLE
    pwsh -NoProfile -NonInteractive -File Backup-EtcdCluster.ps1 -ClusterConfig /etc/rke/cluster.yml -Destination /mnt/nas/etcd -KeepWithin 14d -KeepLast 4 -OnAlert /etc/etcdsnapshot/alert
.EXAMPLE
    pwsh -NoProfile -NonInteractive -File Backup-EtcdCluster.ps1 -ClusterConfig '/etc/rke/*.yml' -Uri s3://backup/etcd -S3 Endpoint=minio.example.com:9000,ProfileName=etcd -Connection SshConfig=/etc/rke/ssh_config,AcceptNewHostKey=true
#>
[CmdletBinding()]
param(
    # The cluster.yml files; wildcards are allowed.
    [string[]] $ClusterConfig = './cluster.yml',

    # A folder or share that gets the copies. It must be there: a share that is not mounted is a failure, not a folder to make.
    [string] $Destination,

    # A bucket that gets the copies, as s3://bucket/folder.
    [string] $Uri,

    # Further parameters for the bucket, such as Endpoint, ProfileName, Credential, CaCertificate: a hashtable, or a text as Endpoint=host:9000,ProfileName=etcd.
    [object] $S3 = @{},

    # Further parameters for the hosts, such as SshConfig, AcceptNewHostKey, Node: a hashtable, or a text as SshConfig=/etc/rke/ssh_config,Node=node1,node2.
    [object] $Connection = @{},

    # Takes a snapshot now instead of collecting recurring ones.
    [switch] $Save,

    # The retention of the copies of each host: a TimeSpan, or as 36h, 30d.
    [object] $KeepWithin = '30d',

    [ValidateRange(1, 10000)]
    [int] $KeepLast = 7,

    # How old the newest good copy of a cluster may be in a place: a TimeSpan, or as 26h, 2d.
    [object] $MaxAge = '26h',

    # Called when somebody should look: a script block or the path of a .ps1 that takes the summary, or the path of a program that reads it as JSON from
    # its standard input.
    [object] $OnAlert,

    # Held as long as a run lasts, so that two of the same clusters to the same places do not meet. When not given, one in the folder for temporary
    # files whose name comes of those: all runs of one job are of one user.
    [string] $LockFile
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
if (-not $Destination -and -not $Uri) {
    throw 'Say where the copies go: -Destination, -Uri, or both.'
}

if (-not (Get-Module EtcdSnapshot)) {
    $manifest = Join-Path $PSScriptRoot '../../EtcdSnapshot.psd1'
    Import-Module ((Test-Path -LiteralPath $manifest) ? $manifest : 'EtcdSnapshot')
}

$summary = [pscustomobject]@{
    StartedAt  = [datetime]::UtcNow
    Duration   = [timespan]::Zero
    Outcome    = 'Succeeded'
    ExitCode   = 0
    Found      = 0
    Copied     = 0
    Removed    = 0
    NewestGood = @()
    Failures   = @()
}

# A length of time as the cmdlets take it: a TimeSpan, 14d, 1h30m, 1.5h, 500ms.
function ConvertTo-TimeSpan([object] $text) {
    if ($text -is [timespan]) { return $text }
    # To PowerShell 14d and 90s without quotes are numbers of these types.
    if ($text -is [decimal]) { return [timespan]::FromDays($text) }
    if ($text -is [int16]) { return [timespan]::FromSeconds($text) }
    if ("$text" -match '^[\d.]+$') { throw "'$text' has no unit: ${text}h or ${text}d?" }
    if ("$text" -match '^(\d+)d$') { return [timespan]::FromDays([int] $Matches[1]) }
    if ("$text" -notmatch '^(\d+(\.\d+)?(h|m|s|ms))+$') { return [timespan] "$text" }
    $length = [timespan]::Zero
    foreach ($part in [regex]::Matches("$text", '(?<count>\d+(\.\d+)?)(?<unit>ms|h|m|s)')) {
        $unit = @{ h = [timespan]::TicksPerHour; m = [timespan]::TicksPerMinute; s = [timespan]::TicksPerSecond; ms = [timespan]::TicksPerMillisecond }[$part.Groups['unit'].Value]
        $length += [timespan]::FromTicks([long] ([decimal]::Parse($part.Groups['count'].Value, [cultureinfo]::InvariantCulture) * $unit))
    }

    $length
}

# The parameters of a cmdlet from a hashtable, or from a text as Name=value,Name=value, where a comma that no name follows belongs to the value.
function ConvertTo-Parameter([object] $given, [string] $cmdlet, [string] $parameter) {
    if ($given -is [Collections.IDictionary]) { return $given }
    $known = (Get-Command $cmdlet).Parameters
    $settings = @{}
    foreach ($part in "$given" -split ',\s*(?=\w+=)' | Where-Object { $_ }) {
        $name, $value = ($part -split '=', 2).Trim()
        if ($null -eq $value) { throw "-$parameter`: '$part' is not as Name=value." }
        if (-not $known.ContainsKey($name)) { throw "-$parameter`: $cmdlet has no parameter $name." }
        $type = $known[$name].ParameterType
        if ($type -eq [pscredential]) { throw "-$parameter`: $name cannot be given as a text, which other users of this machine would see." }
        $settings[$name] = if ($type.IsArray) { @(($value -split ',').Trim()) } elseif ($type -eq [switch]) { [bool]::Parse($value) } else { $value }
    }

    $settings
}

# What -OnAlert stands for, as something to call with the summary.
function Get-Alert {
    if ($null -eq $OnAlert -or $OnAlert -is [scriptblock]) { return $OnAlert }
    $command = Get-Command -Name "$OnAlert" -CommandType ExternalScript, Application -TotalCount 1 -ErrorAction Ignore
    if (-not $command) { throw "-OnAlert: '$OnAlert' is neither a script nor a program here." }
    if ($command -is [Management.Automation.ExternalScriptInfo]) { return { param($summary) & $command $summary }.GetNewClosure() }
    {
        param($summary)
        ConvertTo-Json $summary -Depth 4 -Compress | & $command
        if ($LASTEXITCODE -ne 0) { throw "$command ended with exit code $LASTEXITCODE" }
    }.GetNewClosure()
}

# Why a lock may not be taken. What a run of another user has left is said to be that.
function Get-LockFault([string] $path, [Exception] $cause) {
    $owner = Get-Item -LiteralPath $path -ErrorAction Ignore | ForEach-Object { $_.PSObject.Properties['User'] } | ForEach-Object Value
    if (-not $owner -or $owner -eq [Environment]::UserName) { return $cause }
    [UnauthorizedAccessException]::new("The lock $path belongs to another user, $owner`: the job was run here as that one. Run it always as the same, remove that file when no run is under way, or give the job of each user a -LockFile and a place of its own.", $cause)
}

# A name for the lock by what a run works on, so that other jobs on this machine do not wait for it.
function Get-LockFile {
    $files = $ClusterConfig | ForEach-Object { (Resolve-Path -Path $_ -ErrorAction Ignore | ForEach-Object ProviderPath) ?? $_ } | Sort-Object -Unique
    $folder = $Destination ? [IO.Path]::TrimEndingDirectorySeparator($ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Destination)) : ''
    $work = (@($folder, $Uri) + $files) -join "`n"
    $hash = [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData([Text.Encoding]::UTF8.GetBytes($work)))
    Join-Path ([IO.Path]::GetTempPath()) "etcdsnapshot-backup-$($hash.Substring(0, 16).ToLowerInvariant()).lock"
}

# By what a copy is known to be there. What is in a zip is not known before it is read, so it goes by its name, and that is one of its node.
function Get-Key($snapshot, [string] $node) {
    $snapshot.IsZip ? "$node $($snapshot.Name).zip" : "$($snapshot.Name) $($snapshot.ContentHash)"
}

# How much later than now a copy may be dated.
$clockSkew = [timespan]::FromMinutes(5)

# Why a cluster can have no folder of its own; nothing when it can. All that have no cluster_name are called alike.
function Get-NameFault($cluster, [object[]] $all) {
    $names = @($cluster.Name) + $cluster.EtcdNodes.Name
    if ($names.Where({ $_ -match '^\.|[\\/]' })) {
        "$($cluster.Path): a folder cannot have the name of the cluster $($cluster.Name), or of one of its nodes."
    }
    elseif (@($all).Where({ $_.Name -eq $cluster.Name }).Count -gt 1) {
        "$($cluster.Path): another cluster is called $($cluster.Name) too, and their copies would mix. Give each a cluster_name, or a run and a place of its own."
    }
}

# The places of a cluster: each is a root with a folder for each node, and what the cmdlets need to get there.
function Get-Place([string] $cluster) {
    if ($Destination -and -not $destinationIsMissing) {
        @{ Root = Join-Path $Destination $cluster; Separator = [IO.Path]::DirectorySeparatorChar; IsBucket = $false; Access = @{} }
    }

    if ($Uri) {
        @{ Root = "$($Uri.TrimEnd('/'))/$cluster"; Separator = '/'; IsBucket = $true; Access = $S3 }
    }
}

# The copies of a cluster in a place, by node, damaged ones too.
function Get-Held([hashtable] $place, $cluster, [switch] $Verify) {
    $access = $place.Access
    $held = @{}
    foreach ($node in $cluster.EtcdNodes) {
        $folder = $place.Root + $place.Separator + $node.Name
        $held[$node.Name] = @(
            if ($place.IsBucket) {
                Get-EtcdSnapshot -Uri $folder -Verify:$Verify @access @noted
            }
            elseif (Test-Path -LiteralPath $folder) {
                Get-EtcdSnapshot -LiteralPath $folder -Verify:$Verify @noted
            }
        ).Where({ $_.Kind -ne 'Unfinished' })
    }

    $held
}

# What cannot be done on one host or with one file is noted, and the work goes on.
$problems = [Collections.ArrayList]::new()
$noted = @{ ErrorAction = 'SilentlyContinue'; ErrorVariable = '+problems' }
$lock = $null
$busy = $false
$alert = $null
try {
    # Nothing is removed by a run whose alert would reach nobody, but what it is there for is done.
    $alert = Get-Alert
}
catch {
    $null = $problems.Add($_)
}

try {
    $S3 = ConvertTo-Parameter $S3 Copy-EtcdSnapshot S3
    $Connection = ConvertTo-Parameter $Connection Save-EtcdSnapshot Connection
    # Before that the retention lets go of copies.
    $lettingGo = [datetime]::UtcNow - (ConvertTo-TimeSpan $KeepWithin)
    $MaxAge = ConvertTo-TimeSpan $MaxAge
    $ClusterConfig = @($ClusterConfig | ForEach-Object { (Test-Path -Path $_) ? $_ : $_.Split(',') })
    $LockFile = $LockFile ? $LockFile : (Get-LockFile)
    $lock = [IO.File]::Open($LockFile, 'OpenOrCreate', 'ReadWrite', 'None')
}
catch {
    # What Windows, Linux and macOS say of a file that another has open. Anything else is no other run.
    $cause = $_.Exception.GetBaseException()
    $busy = $cause -is [IO.IOException] -and $cause.HResult -in -2147024864, 11, 35
    if (-not $busy) {
        $null = $problems.Add($_.Exception.InnerException -is [UnauthorizedAccessException] ? (Get-LockFault $LockFile $_.Exception.InnerException) : $_)
    }
}

$destinationIsMissing = $Destination -and -not (Test-Path -LiteralPath $Destination -PathType Container)
if ($destinationIsMissing) {
    $null = $problems.Add([Management.Automation.ErrorRecord]::new([IO.DirectoryNotFoundException]::new("$Destination is not there. Is the share mounted?"), 'DestinationMissing', 'ObjectNotFound', $Destination))
}

try {
    $clusters = @(if ($lock -or $busy) { try { Get-RkeCluster $ClusterConfig @noted } catch { $null = $problems.Add($_) } })
    $faults = @($clusters | ForEach-Object { Get-NameFault $_ $clusters })
    foreach ($fault in $faults) {
        $null = $problems.Add([Management.Automation.ErrorRecord]::new([ArgumentException]::new($fault), 'ClusterNameUnusable', 'InvalidArgument', $null))
    }

    $clusters = @($clusters | Where-Object { -not (Get-NameFault $_ $clusters) })
    if ($busy) {
        $summary.Outcome = 'AnotherRunIsUnderWay'
        $summary.ExitCode = 3
    }

    # Beside another run nothing is done, but one that hangs must not hide that the copies grow old. By their names: they are not read.
    foreach ($cluster in $busy ? $clusters : @()) {
        try {
            foreach ($place in Get-Place $cluster.Name) {
                $newest = Get-Held $place $cluster | ForEach-Object { $_.Values } | ForEach-Object { $_ } |
                    Where-Object { $_.ContentHash -or $_.IsZip } | Where-Object CreatedAt -LE ([datetime]::UtcNow + $clockSkew) | Sort-Object CreatedAt | Select-Object -Last 1
                # The first run of all has nothing to show yet.
                $since = $newest ? $newest.CreatedAt : (Get-Item -LiteralPath $LockFile).LastWriteTimeUtc
                if ([datetime]::UtcNow - $since -gt $MaxAge) {
                    $summary.Outcome = 'Stale'
                    $summary.ExitCode = 2
                }
            }
        }
        catch {
            $null = $problems.Add($_)
        }
    }

    foreach ($cluster in $lock ? $clusters : @()) {
        try {
            $failedBefore = $problems.Count
            $fresh = @(
                if ($Save) {
                    Save-EtcdSnapshot -SingleSource -ClusterConfig $cluster @Connection @noted
                }
                else {
                    Get-EtcdSnapshot -ClusterConfig $cluster @Connection @noted | Where-Object { $_.Kind -eq 'Recurring' -and ($_.ContentHash -or $_.IsZip) }
                }
            )
            $summary.Found += $fresh.Count
            foreach ($place in Get-Place $cluster.Name) {
                $access = $place.Access
                $known = [Collections.Generic.HashSet[string]]::new()
                $held = Get-Held $place $cluster -Verify
                foreach ($node in $cluster.EtcdNodes) {
                    # One that is not sound is not there: the good one on the host is to take its place.
                    $held[$node.Name].Where({ $_.Verified }).ForEach({ $null = $known.Add((Get-Key $_ $node.Name)) })
                }

                # Of what all members hold in the same bytes one copy is enough. What is older than all that is there, and than the retention, has been removed before.
                foreach ($snapshot in $fresh | Sort-Object CreatedAt) {
                    $folder = $place.Root + $place.Separator + $snapshot.Node
                    $oldest = $held[$snapshot.Node] | Where-Object Verified | Sort-Object CreatedAt | Select-Object -First 1
                    $isLetGo = $oldest -and $snapshot.CreatedAt -lt $oldest.CreatedAt -and $snapshot.CreatedAt -lt $lettingGo
                    $damaged = @($held[$snapshot.Node]).Where({ -not $_.Verified -and $_.Name -eq $snapshot.Name -and $_.IsZip -eq $snapshot.IsZip })
                    $isKnown = -not $known.Add((Get-Key $snapshot $snapshot.Node))
                    if ($isLetGo -or ($isKnown -and $damaged.Count -eq 0)) {
                        continue
                    }

                    $target = $place.IsBucket ? $access + @{ Uri = $folder } : @{ Destination = $folder }
                    $failed = $null
                    $copy = @($snapshot | Copy-EtcdSnapshot -ClusterConfig $cluster -Force:($damaged.Count -gt 0) @Connection @target -ErrorAction SilentlyContinue -ErrorVariable failed)
                    # A recurring one that its service has removed meanwhile was old. Whether the newest is here is seen below.
                    $failed | Where-Object { $Save -or $_.FullyQualifiedErrorId -notlike 'SnapshotNotFound,*' } | ForEach-Object { $null = $problems.Add($_) }
                    $summary.Copied += $copy.Count
                    $held[$snapshot.Node] = @(@($held[$snapshot.Node]).Where({ $copy.Count -eq 0 -or $_ -notin $damaged })) + $copy
                }

                # The newest that is good: read to its end where it is now.
                $good = $null
                # One that is dated in the future, by a clock that was wrong, would hide for long that nothing new comes.
                $present = [datetime]::UtcNow + $clockSkew
                foreach ($copy in $held.Values | ForEach-Object { $_ } | Where-Object { $_.ContentHash -or $_.IsZip } | Where-Object CreatedAt -LE $present | Sort-Object CreatedAt -Descending | Select-Object -First 3) {
                    $proved = if ($place.IsBucket) {
                        $folder = $copy.Path.Substring(0, $copy.Path.LastIndexOf('/'))
                        (Get-EtcdSnapshot -Name $copy.Name -Uri $folder -Verify @access @noted).Where({ $_.Verified }).Count -gt 0
                    }
                    else {
                        Test-EtcdSnapshot -LiteralPath $copy.FullName -Quiet @noted
                    }

                    if ($proved) {
                        $good = $copy
                        break
                    }
                }

                $summary.NewestGood += [pscustomobject]@{ Cluster = $cluster.Name; Place = $place.Root; Name = $good ? $good.Name : $null; CreatedAt = $good ? $good.CreatedAt : $null }
                if (-not $good -or [datetime]::UtcNow - $good.CreatedAt -gt $MaxAge) {
                    $summary.Outcome = 'Stale'
                    $summary.ExitCode = 2
                }

                if ($good -and $problems.Count -eq $failedBefore -and ($alert -or -not $OnAlert)) {
                    foreach ($node in $cluster.EtcdNodes) {
                        $removed = $held[$node.Name] | Select-EtcdSnapshot -KeepLast $KeepLast -KeepWithin $KeepWithin -Expired @noted |
                            Remove-EtcdSnapshot -Confirm:$false -PassThru @access @noted
                        $summary.Removed += @($removed).Count
                    }
                }
            }
        }
        catch {
            $null = $problems.Add($_)
        }
    }
}
finally {
    if ($lock) { $lock.Dispose() }
}

# What ends a cmdlet is noted as an exception, the rest as error records.
$summary.Failures = @($problems | ForEach-Object { $_ -is [Exception] ? $_.Message : $_.Exception.Message } | Select-Object -Unique)
if ($summary.Failures.Count -gt 0) {
    $summary.Outcome = 'Failed'
    $summary.ExitCode = 1
}

$summary.Duration = [datetime]::UtcNow - $summary.StartedAt
if ($alert -and $summary.ExitCode -in 1, 2) {
    try {
        & $alert $summary | Out-Host
    }
    catch {
        $summary.Failures += "The alert itself failed: $($_.Exception.Message)"
        $summary.Outcome = 'Failed'
        $summary.ExitCode = 1
    }
}

$summary
exit $summary.ExitCode
