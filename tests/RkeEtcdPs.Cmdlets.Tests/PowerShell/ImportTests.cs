using RkeEtcdPs.Cmdlets.Tests.Commands;
using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.PowerShell;

public sealed class ImportTests
{
    [PwshFact]
    public async Task The_checkout_imports_once_it_is_built()
    {
        Pwsh run = await Pwsh.RunAsync("(Get-Command -Module EtcdSnapshot).Name | Sort-Object");

        Assert.Equal("", run.Error);
        Assert.Equal(Manifest.Cmdlets().Order(StringComparer.Ordinal), run.Output);
    }

    [PwshFact]
    public async Task The_manifest_is_sound()
    {
        Pwsh run = await Pwsh.RunBareAsync("(Test-ModuleManifest $module).CompatiblePSEditions");

        Assert.Equal(["Core"], run.Output);
    }

    [PwshFact]
    public async Task A_checkout_that_is_not_built_says_how_to_build_it()
    {
        Pwsh run = await Pwsh.RunBareAsync(
            """
            Copy-Item $module .
            Copy-Item (Join-Path (Split-Path $module) module) . -Recurse -Exclude bin
            Remove-Item module/bin -Recurse -ErrorAction Ignore
            try { Import-Module ./EtcdSnapshot.psd1 } catch { $_.FullyQualifiedErrorId; "$_" }
            """);

        Assert.StartsWith("ModuleNotBuilt", run.Output[0], StringComparison.Ordinal);
        Assert.Contains("./build.ps1", run.Output[1], StringComparison.Ordinal);
    }

    [PwshFact]
    public async Task Another_YamlDotNet_in_the_session_does_not_collide()
    {
        Pwsh run = await Pwsh.RunBareAsync(
            $$"""
            Add-Type -Path '{{Path.Combine(AppContext.BaseDirectory, "other", "YamlDotNet.dll")}}'
            Import-Module $module
            (Get-RkeCluster -Yaml '{{ClusterYaml.Lab}}').Nodes.Count
            [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'YamlDotNet' } | ForEach-Object {
                '{0} {1}' -f [Runtime.Loader.AssemblyLoadContext]::GetLoadContext($_).Name, $_.GetName().Version.Major
            } | Sort-Object
            """);

        Assert.Equal("", run.Error);
        Assert.Equal(["3", "Default 15", "EtcdSnapshot 16"], run.Output);
    }

    [PwshFact]
    public async Task Only_the_loader_is_among_PowerShells_own_assemblies()
    {
        Pwsh run = await Pwsh.RunAsync(
            """
            $bin = Join-Path (Split-Path $module) module bin
            [Runtime.Loader.AssemblyLoadContext]::Default.Assemblies.Location | Where-Object { $_ -like "$bin*" } | Split-Path -Leaf
            """);

        Assert.Equal(["RkeEtcdPs.Loader.dll"], run.Output);
    }

    [PwshFact]
    public async Task An_import_loads_neither_the_YAML_nor_the_Docker_library()
    {
        Pwsh run = await Pwsh.RunAsync(
            """
            $ours = [Runtime.Loader.AssemblyLoadContext]::GetLoadContext([RkeEtcdPs.Cmdlets.Formatting.Display].Assembly)
            $ours.Assemblies | ForEach-Object { $_.GetName().Name } | Sort-Object
            """);

        Assert.Equal(["RkeEtcdPs.Cmdlets"], run.Output);
    }

    [PwshFact]
    public async Task A_second_import_brings_the_cmdlets_again()
    {
        Pwsh run = await Pwsh.RunAsync(
            """
            Import-Module $module -Force
            (Get-Command Get-RkeCluster).Source
            Remove-Module EtcdSnapshot
            (Get-Command Get-RkeCluster -ErrorAction Ignore).Count
            Import-Module $module
            Import-Module $module
            (Get-Command Get-RkeCluster).Source
            """);

        Assert.Equal(["EtcdSnapshot", "0", "EtcdSnapshot"], run.Output);
    }

    [PwshFact]
    public async Task It_imports_in_many_runspaces_at_the_same_time()
    {
        Pwsh run = await Pwsh.RunBareAsync(
            $$"""
            1..6 | ForEach-Object -Parallel { Import-Module $using:module; (Get-RkeCluster -Yaml '{{ClusterYaml.Lab}}').Name } -ThrottleLimit 6
            Start-ThreadJob { Import-Module $using:module; (Get-Command Get-RkeCluster).Source } | Receive-Job -Wait
            """);

        Assert.Equal("", run.Error);
        Assert.Equal([.. Enumerable.Repeat("lab", 6), "EtcdSnapshot"], run.Output);
    }

    [PwshFact]
    public async Task A_copy_in_another_folder_runs_its_own_code()
    {
        Pwsh run = await Pwsh.RunAsync(
            """
            Copy-Item $module .
            Copy-Item (Join-Path (Split-Path $module) module) . -Recurse
            Remove-Module EtcdSnapshot
            Import-Module ./EtcdSnapshot.psd1
            (Get-Command Get-RkeCluster).ImplementingType.Assembly.Location -eq (Join-Path $PSScriptRoot module bin RkeEtcdPs.Cmdlets.dll)
            """);

        Assert.Equal(["True"], run.Output);
    }
}
