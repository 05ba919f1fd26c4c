using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using RkeEtcdPs.Engine.Components;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Components;

public sealed class ProbeScriptTests
{
    [SkippableFact]
    public async Task Probe_script_passes_shellcheck()
    {
        Skip.If(!File.Exists("/usr/bin/shellcheck") && Environment.GetEnvironmentVariable("CI") != "true", "shellcheck is not installed");

        (int exitCode, string findings) = await RunAsync("shellcheck", ["--shell=sh", "-"], Script());

        Assert.True(exitCode == 0, findings);
    }

    [Theory]
    [InlineData("busybox", "ash")]
    [InlineData("dash")]
    [InlineData("bash", "--posix")]
    public async Task Probe_script_tells_an_answer_from_silence_in_the_shells_of_rke_tools(string shell, params string[] arguments)
    {
        using TcpListener server = new(IPAddress.Loopback, 0);
        server.Start();
        int port = ((IPEndPoint)server.LocalEndpoint).Port;
        _ = AnswerAsync(server);
        using TcpListener closed = new(IPAddress.Loopback, 0);
        closed.Start();
        int silent = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();

        (_, string said) = await RunAsync(
            shell, [.. arguments, "-c", Script(), "probe-health", "ask", $"http://127.0.0.1:{port}/healthz", $"http://127.0.0.1:{silent}/healthz"], "");

        Assert.Equal($"http://127.0.0.1:{port}/healthz 403\nhttp://127.0.0.1:{silent}/healthz none\n", said);
    }

    [Fact]
    public async Task Probe_script_does_not_wait_for_ever_for_one_that_listens_and_never_answers()
    {
        using TcpListener hung = new(IPAddress.Loopback, 0);
        hung.Start();
        string url = $"https://127.0.0.1:{((IPEndPoint)hung.LocalEndpoint).Port}/healthz";
        string[][] shells = [["busybox", "ash"], ["dash"], ["bash", "--posix"]];

        Task<(int ExitCode, string Output)>[] asked = [.. shells.Select(shell => RunAsync(shell[0], [.. shell[1..], "-c", Script(), "probe-health", "ask", url], ""))];

        await Task.WhenAny(Task.WhenAll(asked), Task.Delay(TimeSpan.FromSeconds(60)));
        Assert.All(asked, shell => Assert.True(shell.IsCompleted, "It still waits."));
        Assert.All(await Task.WhenAll(asked), said => Assert.Equal($"{url} unclear\n", said.Output));
    }

    private static async Task AnswerAsync(TcpListener server)
    {
        while (true)
        {
            using TcpClient client = await server.AcceptTcpClientAsync();
            NetworkStream stream = client.GetStream();
            await stream.ReadAsync(new byte[4096]);
            await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, IReadOnlyList<string> arguments, string input)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        await error;
        return (process.ExitCode, output);
    }

    private static string Script()
    {
        using StreamReader reader = new(typeof(ComponentRestarter).Assembly.GetManifestResourceStream("probe-health.sh")!);
        return reader.ReadToEnd();
    }
}
