$bin = [IO.Path]::Combine($PSScriptRoot, 'bin')
$loader = [IO.Path]::Combine($bin, 'RkeEtcdPs.Loader.dll')

if (-not [IO.File]::Exists($loader)) {
    $failure = [Management.Automation.ErrorRecord]::new(
        [IO.FileNotFoundException]::new("EtcdSnapshot is not built: '$loader' is missing. Run ./build.ps1 or 'dotnet build' in '$([IO.Path]::GetDirectoryName($PSScriptRoot))', then import again.", $loader),
        'ModuleNotBuilt', 'ResourceUnavailable', $loader)
    throw $failure
}

# Not Add-Type: it would load a compiler's worth of assemblies to do the same.
$context = [Reflection.Assembly]::LoadFrom($loader).GetType('RkeEtcdPs.Loader.ModuleLoadContext', $true)
$cmdlets = Microsoft.PowerShell.Core\Import-Module -Assembly $context::LoadCmdlets($bin) -PassThru -ErrorAction Stop

# Left behind, it would be taken from a cache by the next import and export nothing (PowerShell issue 20710).
$ExecutionContext.SessionState.Module.OnRemove = { Microsoft.PowerShell.Core\Remove-Module -ModuleInfo $cmdlets -Force }
