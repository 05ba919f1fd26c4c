using System.Runtime.Loader;
using RkeEtcdPs.Cmdlets.Tests;
using RkeEtcdPs.Cmdlets.Tests.Commands;
using RkeEtcdPs.PowerShell.Tests.Hosting;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.Sessions;

public sealed class ImportTests
{
    private static readonly string Bin = Path.Combine(Manifest.Root, "module", "bin");

    [Fact]
    public void The_manifest_is_sound_and_gives_its_cmdlets()
    {
        using Session session = Session.Open();

        Assert.Equal(["Core"], session.Run("(Test-ModuleManifest $module).CompatiblePSEditions").AssertQuiet().Text);
        Assert.Equal(Manifest.Cmdlets().Order(), session.Run("(Get-Command -Module EtcdSnapshot).Name").AssertQuiet().Text.Order());
    }

    [Fact]
    public void A_checkout_that_is_not_built_says_how_to_build_it()
    {
        DirectoryInfo checkout = Directory.CreateTempSubdirectory("unbuilt");
        using Session session = Session.OpenBare();
        try
        {
            CopyWithoutBin(checkout);
            session.Enter(checkout.FullName);

            Run import = session.Run("Import-Module ./EtcdSnapshot.psd1");

            Assert.Equal("ModuleNotBuilt", Assert.Single(import.ErrorIds));
            Assert.Contains($"dotnet build' in '{checkout.FullName}'", $"{import.Terminated ?? import.Errors[0]}", StringComparison.Ordinal);
        }
        finally
        {
            checkout.Delete(recursive: true);
        }
    }

    [Fact]
    public void Another_YamlDotNet_in_the_session_does_not_collide()
    {
        Assert.Equal(18, typeof(YamlDotNet.Serialization.Deserializer).Assembly.GetName().Version!.Major);
        using Session session = Session.Open();
        session.Set("yaml", ClusterYaml.Lab);

        Assert.Equal(["3"], session.Run("(Get-RkeCluster -Yaml $yaml).Nodes.Count").AssertQuiet().Text);

        Assert.Equal(
            ["Default 18", "EtcdSnapshot 16"],
            AppDomain.CurrentDomain.GetAssemblies()
                .Where(assembly => assembly.GetName().Name == "YamlDotNet")
                .Select(assembly => $"{AssemblyLoadContext.GetLoadContext(assembly)!.Name} {assembly.GetName().Version!.Major}")
                .Order());
    }

    [Fact]
    public void Only_the_loader_is_among_PowerShells_own_assemblies()
    {
        using Session session = Session.Open();

        Assert.Equal(
            ["RkeEtcdPs.Loader.dll"],
            AssemblyLoadContext.Default.Assemblies
                .Where(assembly => assembly.Location.StartsWith(Bin, StringComparison.Ordinal)).Select(assembly => Path.GetFileName(assembly.Location)));
    }

    [Fact]
    public void No_part_of_PowerShell_lies_beside_the_module() =>
        Assert.DoesNotContain(Directory.EnumerateFiles(Bin, "*.dll"), file => Path.GetFileName(file).Contains("Automation", StringComparison.Ordinal));

    [Fact]
    public void A_second_import_brings_the_cmdlets_again()
    {
        using Session session = Session.Open();

        Run run = session.Run(
            """
            Import-Module $module -Force
            (Get-Command Get-RkeCluster).Source
            Remove-Module EtcdSnapshot
            (Get-Command Get-RkeCluster -ErrorAction Ignore).Count
            Import-Module $module
            Import-Module $module
            (Get-Command Get-RkeCluster).Source
            """);

        Assert.Equal(["EtcdSnapshot", "0", "EtcdSnapshot"], run.AssertQuiet().Text);
    }

    [Fact]
    public async Task It_imports_in_many_sessions_at_the_same_time()
    {
        IReadOnlyList<string>[] names = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() =>
        {
            using Session session = Session.Open();
            session.Set("yaml", ClusterYaml.Lab);
            return session.Run("(Get-RkeCluster -Yaml $yaml).Name").AssertQuiet().Text;
        })));

        Assert.All(names, name => Assert.Equal(["lab"], name));
    }

    private static void CopyWithoutBin(DirectoryInfo checkout)
    {
        string module = checkout.CreateSubdirectory("module").FullName;
        File.Copy(Manifest.FullName, Path.Combine(checkout.FullName, "EtcdSnapshot.psd1"));
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Manifest.Root, "module")))
        {
            File.Copy(file, Path.Combine(module, Path.GetFileName(file)));
        }
    }
}
