#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Builds, tests and packages EtcdSnapshot.
.DESCRIPTION
    Build    compiles everything; the module then imports from this folder.
    Test     builds, then runs the tests.
    Package  builds, then lays out what is published in out/EtcdSnapshot/<version>, and a zip of it beside.
    Clean    removes what the others made.
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Package', 'Clean')]
    [string] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release'
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true

$solution = Join-Path $PSScriptRoot RkeEtcdPs.sln
$out = Join-Path $PSScriptRoot out

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
    default {
        dotnet build $solution --configuration $Configuration
    }
}

if ($Task -eq 'Package') {
    $version = (Import-PowerShellDataFile (Join-Path $PSScriptRoot EtcdSnapshot.psd1)).ModuleVersion
    $folder = Join-Path $out EtcdSnapshot $version
    $zip = Join-Path $out "EtcdSnapshot.$version.zip"
    Remove-Item $folder, $zip -Recurse -Force -ErrorAction Ignore
    $null = New-Item $folder -ItemType Directory
    Copy-Item (Join-Path $PSScriptRoot EtcdSnapshot.psd1), (Join-Path $PSScriptRoot module) $folder -Recurse
    [IO.Compression.ZipFile]::CreateFromDirectory($folder, $zip)
    Get-Item $folder, $zip
}
