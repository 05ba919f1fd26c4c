using System.Diagnostics;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Snapshots;

public sealed class SaveScriptTests
{
    [SkippableFact]
    public void Save_script_passes_shellcheck()
    {
        string script = Script();
        ProcessStartInfo start = new("shellcheck", ["--shell=sh", "-"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using Process shellcheck = StartOrSkip(start);
        shellcheck.StandardInput.Write(script);
        shellcheck.StandardInput.Close();
        string findings = shellcheck.StandardOutput.ReadToEnd();
        shellcheck.WaitForExit();

        Assert.True(shellcheck.ExitCode == 0, findings);
    }

    [Theory]
    [InlineData("busybox", "ash")]
    [InlineData("dash")]
    [InlineData("bash", "--posix")]
    public void Save_script_is_understood_by_the_shells_of_rke_tools(string shell, params string[] arguments)
    {
        ProcessStartInfo start = new(shell, [.. arguments, "-n", "-c", Script()]) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.True(process.ExitCode == 0, error);
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

    private static string Script()
    {
        using StreamReader reader = new(typeof(SnapshotSave).Assembly.GetManifestResourceStream("save-snapshot.sh")!);
        return reader.ReadToEnd();
    }
}
