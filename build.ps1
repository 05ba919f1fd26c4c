#!/usr/bin/env pwsh

<#
.SYNOPSIS
    Builds, tests and packages EtcdSnapshot.
.DESCRIPTION
    Build    compiles everything; the module then imports from this folder.
    Test     builds, then runs the tests.
    Package  builds, then lays out what is published in out/EtcdSnapshot/<version>, and beside it the nupkg that PowerShell
             Gallery takes. The same build gives the same bytes.
    Clean    removes what the others made.
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Package', 'Clean')]
    [string] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',

    # Packages what is built already, in whatever configuration that was.
    [switch] $NoBuild,

    # Where the package goes.
    [string] $OutputPath = (Join-Path $PSScriptRoot out)
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true

$solution = Join-Path $PSScriptRoot RkeEtcdPs.sln
$out = $OutputPath

switch ($Task) {
    'Clean' {
        dotnet clean $solution --configuration Debug --verbosity quiet
        dotnet clean $solution --configuration Release --verbosity quiet
        Remove-Item $out -Recurse -Force -ErrorAction Ignore
        return
    }
    'Test' {
        dotnet test $solution --configuration $Configuration
        return
    }
    'Package' {
        # Without the paths of this machine in the assemblies.
        if (-not $NoBuild) { dotnet build $solution --configuration $Configuration -p:ContinuousIntegrationBuild=true }
    }
    default {
        dotnet build $solution --configuration $Configuration
    }
}

if ($Task -ne 'Package') { return }

$module = Join-Path $PSScriptRoot module
if (-not (Test-Path (Join-Path $module bin RkeEtcdPs.Cmdlets.dll))) { throw 'The module is not built. Leave out -NoBuild.' }

$manifest = Import-PowerShellDataFile (Join-Path $PSScriptRoot EtcdSnapshot.psd1)
$version = $manifest.ModuleVersion
$folder = Join-Path $out EtcdSnapshot $version
$nupkg = Join-Path $out "EtcdSnapshot.$version.nupkg"
Remove-Item $folder, $nupkg -Recurse -Force -ErrorAction Ignore

# What runs, the examples that its help speaks of, and nothing else: help is in bin/en-US, and symbols are of use only beside the sources.
$files = @(
    Get-Item (Join-Path $PSScriptRoot EtcdSnapshot.psd1), (Join-Path $PSScriptRoot README.md)
    Get-ChildItem $module -File
    Get-ChildItem (Join-Path $module examples) -File -Recurse
    Get-ChildItem (Join-Path $module bin) -File -Recurse | Where-Object Extension -NE '.pdb'
)
$entries = [Collections.Generic.SortedDictionary[string, byte[]]]::new([StringComparer]::Ordinal)
foreach ($file in $files) {
    $name = [IO.Path]::GetRelativePath($PSScriptRoot, $file.FullName).Replace('\', '/')
    $target = Join-Path $folder $name
    $null = New-Item (Split-Path $target) -ItemType Directory -Force
    Copy-Item $file -Destination $target
    $entries[$name] = [IO.File]::ReadAllBytes($file.FullName)
}

# A nupkg is an OPC package: the specification, the relation that points to it, its properties, and the types of all parts.
$data = $manifest.PrivateData.PSData
$escape = { [Security.SecurityElement]::Escape($args[0]) }
$tags = @($data.Tags) + 'PSModule' + 'PSIncludes_Cmdlet' + @($manifest.CmdletsToExport | ForEach-Object { "PSCmdlet_$_"; "PSCommand_$_" })
$parts = @{
    'EtcdSnapshot.nuspec' = @"
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd">
  <metadata>
    <id>EtcdSnapshot</id>
    <version>$version</version>
    <authors>$(& $escape $manifest.Author)</authors>
    <owners>$(& $escape $manifest.Author)</owners>
    <requireLicenseAcceptance>false</requireLicenseAcceptance>
    <description>$(& $escape $manifest.Description)</description>
    <releaseNotes>$(& $escape $data.ReleaseNotes)</releaseNotes>
    <copyright>$(& $escape $manifest.Copyright)</copyright>
    <tags>$(& $escape ($tags -join ' '))</tags>
  </metadata>
</package>
"@
    '_rels/.rels' = @"
<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/EtcdSnapshot.nuspec" Id="manifest" />
  <Relationship Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="/package/services/metadata/core-properties/EtcdSnapshot.psmdcp" Id="properties" />
</Relationships>
"@
    'package/services/metadata/core-properties/EtcdSnapshot.psmdcp' = @"
<?xml version="1.0" encoding="utf-8"?>
<coreProperties xmlns="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <dc:creator>$(& $escape $manifest.Author)</dc:creator>
  <dc:description>$(& $escape $manifest.Description)</dc:description>
  <dc:identifier>EtcdSnapshot</dc:identifier>
  <version>$version</version>
  <keywords>$(& $escape ($tags -join ' '))</keywords>
</coreProperties>
"@
}
$types = @($entries.Keys) + @($parts.Keys) | ForEach-Object { [IO.Path]::GetExtension($_).TrimStart('.') } | Sort-Object -Unique -Culture ''
$parts['[Content_Types].xml'] = @"
<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
$(@(foreach ($type in $types) {
    $content = switch ($type) {
        'rels' { 'application/vnd.openxmlformats-package.relationships+xml' }
        'psmdcp' { 'application/vnd.openxmlformats-package.core-properties+xml' }
        default { 'application/octet' }
    }
    "  <Default Extension=`"$type`" ContentType=`"$content`" />"
}) -join "`n")
</Types>
"@
foreach ($name in $parts.Keys) { $entries[$name] = [Text.Encoding]::UTF8.GetBytes($parts[$name].ReplaceLineEndings("`n")) }

$stream = [IO.File]::Create($nupkg)
$zip = [IO.Compression.ZipArchive]::new($stream, [IO.Compression.ZipArchiveMode]::Create)
try {
    foreach ($name in $entries.Keys) {
        $entry = $zip.CreateEntry($name, [IO.Compression.CompressionLevel]::Optimal)
        # The same every time: when it was packed says nothing of what is in it.
        $entry.LastWriteTime = [DateTimeOffset]::new(1980, 1, 1, 0, 0, 0, [TimeSpan]::Zero)
        $content = $entry.Open()
        try { $content.Write($entries[$name]) } finally { $content.Dispose() }
    }
}
finally {
    $zip.Dispose()
    $stream.Dispose()
}

Get-Item $folder, $nupkg
