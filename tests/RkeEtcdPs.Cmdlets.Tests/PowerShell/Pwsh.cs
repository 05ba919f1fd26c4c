using System.Diagnostics;
using RkeEtcdPs.Cmdlets.Tests.Commands;

namespace RkeEtcdPs.Cmdlets.Tests.PowerShell;

/// <summary>What a script in a fresh PowerShell came to.</summary>
/// <param name="ExitCode">1 when a terminating error ended it.</param>
/// <param name="Output">Lines of standard output, trimmed at the end.</param>
/// <param name="Error">Standard error.</param>
internal sealed record Pwsh(int ExitCode, string[] Output, string Error)
{
    /// <summary>The full path of <c>pwsh</c>; null when it is not on PATH.</summary>
    public static string? Executable { get; } = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh"))
        .FirstOrDefault(File.Exists);

    /// <summary>Runs a script in which the module is imported, and <c>$module</c> is the path of its manifest.</summary>
    public static Task<Pwsh> RunAsync(string script, TimeSpan? limit = null) => RunBareAsync("Import-Module $module\n" + script, limit);

    /// <summary>Runs a script in which the module is imported, and so is Invoke-EtcdProbe.</summary>
    public static Task<Pwsh> RunWithProbeAsync(string script) => RunAsync(
        $"""
        $ours = [Runtime.Loader.AssemblyLoadContext]::GetLoadContext([RkeEtcdPs.Cmdlets.Formatting.Display].Assembly)
        Import-Module -Assembly $ours.LoadFromAssemblyPath('{Path.Combine(AppContext.BaseDirectory, "RkeEtcdPs.Cmdlets.Probe.dll")}')

        """ + script);

    /// <summary>Runs a script in which nothing is imported; the first error ends it unless the script says otherwise.</summary>
    public static async Task<Pwsh> RunBareAsync(string script, TimeSpan? limit = null)
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("pwsh").FullName, "script.ps1");
        await File.WriteAllTextAsync(
            file,
            $"""
            $ErrorActionPreference = 'Stop'
            $module = '{Manifest.FullName}'
            Set-Location $PSScriptRoot

            """ + script);
        try
        {
            return await RunFileAsync(file, limit ?? TimeSpan.FromMinutes(15));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }

    private static async Task<Pwsh> RunFileAsync(string file, TimeSpan limit)
    {
        var start = new ProcessStartInfo(Executable!, ["-NoProfile", "-NonInteractive", "-File", file])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["NO_COLOR"] = "1";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new Pwsh(process.ExitCode, (await output).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'), await error);
    }
}
