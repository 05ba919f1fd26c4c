using System.Diagnostics;
using RkeEtcdPs.Engine.Docker;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Recovery;

public sealed class RestoreScriptTests
{
    [SkippableFact]
    public void Restore_script_passes_shellcheck()
    {
        Skip.If(Environment.GetEnvironmentVariable("CI") != "true" && !File.Exists("/usr/bin/shellcheck"), "shellcheck is not installed");
        (int exitCode, string findings) = Run("shellcheck", ["--shell=sh", "-"], Script());

        Assert.True(exitCode == 0, findings);
    }

    [Theory]
    [InlineData("busybox", "ash")]
    [InlineData("dash")]
    [InlineData("bash", "--posix")]
    public void Restore_script_is_understood_by_the_shells_of_rke_tools(string shell, params string[] arguments)
    {
        (int exitCode, string error) = Run(shell, [.. arguments, "-n", "-c", Script()], "");

        Assert.True(exitCode == 0, error);
    }

    private static (int ExitCode, string Said) Run(string program, string[] arguments, string input)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string said = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said);
    }

    private static string Script() => EmbeddedScript.Read("restore-snapshot.sh");
}
