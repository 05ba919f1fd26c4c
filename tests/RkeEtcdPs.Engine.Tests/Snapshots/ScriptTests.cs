using System.Diagnostics;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Snapshots;

/// <summary>The scripts that run in helper containers.</summary>
public sealed class ScriptTests
{
    public static TheoryData<string> Scripts() => new(typeof(SnapshotSave).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sh", StringComparison.Ordinal)));

    [SkippableTheory]
    [MemberData(nameof(Scripts))]
    public void Script_passes_shellcheck(string name)
    {
        string script = Script(name);
        ProcessStartInfo start = new("shellcheck", ["--shell=sh", "-"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using Process shellcheck = StartOrSkip(start);
        shellcheck.StandardInput.Write(script);
        shellcheck.StandardInput.Close();
        string findings = shellcheck.StandardOutput.ReadToEnd();
        shellcheck.WaitForExit();

        Assert.True(shellcheck.ExitCode == 0, findings);
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Script_is_understood_by_the_shells_of_rke_tools(string name)
    {
        foreach (string[] shell in (string[][])[["busybox", "ash"], ["dash"], ["bash", "--posix"]])
        {
            ProcessStartInfo start = new(shell[0], [.. shell.Skip(1), "-n", "-c", Script(name)]) { RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();

            Assert.True(process.ExitCode == 0, $"{shell[0]}: {error}");
        }
    }

    private static Process StartOrSkip(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            throw new SkipException("shellcheck is not installed");
        }
    }

    private static string Script(string name) => EmbeddedScript.Read(name);
}
