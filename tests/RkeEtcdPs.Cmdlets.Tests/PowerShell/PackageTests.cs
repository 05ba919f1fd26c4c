using System.IO.Compression;
using System.Xml.Linq;
using RkeEtcdPs.Cmdlets.Tests.Commands;
using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.PowerShell;

public sealed class PackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("package").FullName;

    private string Nupkg => Path.Combine(_folder, $"EtcdSnapshot.{Manifest.Version()}.nupkg");

    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
        {
            foreach (string folder in Directory.GetDirectories(_folder, "*", SearchOption.AllDirectories))
            {
                File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        Directory.Delete(_folder, recursive: true);
    }

    [PwshFact]
    public async Task A_package_has_what_runs_and_nothing_else_and_is_the_same_twice()
    {
        await PackAsync();
        byte[] first = await File.ReadAllBytesAsync(Nupkg);
        await PackAsync();

        byte[] second = await File.ReadAllBytesAsync(Nupkg);
        Assert.True(first.SequenceEqual(second), "The same build was packed to other bytes.");
        using ZipArchive zip = ZipFile.OpenRead(Nupkg);
        string[] names = [.. zip.Entries.Select(entry => entry.FullName)];
        Assert.Contains("EtcdSnapshot.psd1", names);
        Assert.Contains("module/bin/en-US/RkeEtcdPs.Cmdlets.dll-Help.xml", names);
        Assert.Contains("module/bin/en-US/about_EtcdSnapshot.help.txt", names);
        Assert.Contains("module/examples/Backup-EtcdCluster.ps1", names);
        string[] extensions = [".psd1", ".psm1", ".ps1xml", ".dll", ".xml", ".txt", ".md", ".nuspec", ".rels", ".psmdcp"];
        string[] examples = [".ps1", ".service", ".timer"];
        Assert.Equal([], names.Where(name => !(name.StartsWith("module/examples/", StringComparison.Ordinal) ? examples : extensions).Contains(Path.GetExtension(name)) || name.Contains('\\')));
        Assert.Equal([], names.Where(name => name.StartsWith("module/help", StringComparison.Ordinal) || name.Contains("System.Management.Automation", StringComparison.Ordinal)));
    }

    [PwshFact]
    public async Task The_specification_says_what_PowerShell_Gallery_shows()
    {
        await PackAsync();

        using ZipArchive zip = ZipFile.OpenRead(Nupkg);
        await using Stream stream = zip.GetEntry("EtcdSnapshot.nuspec")!.Open();
        XElement metadata = XDocument.Load(stream).Root!.Elements().Single();
        string Of(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
        Assert.Equal(("EtcdSnapshot", Manifest.Version().ToString()), (Of("id"), Of("version")));
        Assert.All(["authors", "description", "releaseNotes", "copyright"], name => Assert.NotEmpty(Of(name)));
        string[] tags = Of("tags").Split(' ');
        Assert.Contains("PSModule", tags);
        Assert.Contains("PSEdition_Core", tags);
        Assert.Equal(Manifest.Cmdlets().Order(), tags.Where(tag => tag.StartsWith("PSCmdlet_", StringComparison.Ordinal)).Select(tag => tag["PSCmdlet_".Length..]).Order());
    }

    [PwshFact]
    public async Task A_package_that_was_unpacked_imports_by_name_from_a_folder_that_nobody_may_write_to()
    {
        await PackAsync();
        string version = Path.Combine(_folder, "modules", "EtcdSnapshot", Manifest.Version().ToString());
        ZipFile.ExtractToDirectory(Nupkg, version);
        MakeReadOnly(Path.Combine(_folder, "modules"));

        Pwsh run = await Pwsh.RunBareAsync(
            $$"""
            $env:PSModulePath = '{{Path.Combine(_folder, "modules")}}' + [IO.Path]::PathSeparator + $env:PSModulePath
            Import-Module EtcdSnapshot
            (Get-Module EtcdSnapshot).ModuleBase
            @(Get-Command -Module EtcdSnapshot).Count
            (Get-RkeCluster -Yaml '{{ClusterYaml.Lab}}').Nodes.Count
            (Get-Help Save-EtcdSnapshot).Synopsis
            @(Get-Help about_EtcdRecovery).Count
            """);

        Assert.Equal("", run.Error);
        Assert.Equal([version, Manifest.Cmdlets().Count.ToString(System.Globalization.CultureInfo.InvariantCulture), "3", "Takes a verified snapshot on every etcd host.", "1"], run.Output);
    }

    private static void MakeReadOnly(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (string path in Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories).Append(folder))
        {
            UnixFileMode read = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
            File.SetUnixFileMode(path, Directory.Exists(path) ? read | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : read);
        }
    }

    private async Task PackAsync()
    {
        Pwsh run = await Pwsh.RunBareAsync($"& '{Path.Combine(Manifest.Root, "build.ps1")}' -Task Package -NoBuild -OutputPath '{_folder}' | Out-Null");
        Assert.Equal("", run.Error);
    }
}
