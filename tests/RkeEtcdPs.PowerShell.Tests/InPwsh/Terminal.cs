using System.Diagnostics;
using RkeEtcdPs.Cmdlets.Tests.PowerShell;

namespace RkeEtcdPs.PowerShell.Tests.InPwsh;

/// <summary>pwsh at its prompt in a terminal, with a keyboard and a screen of 140 by 40.</summary>
internal sealed class Terminal : IAsyncDisposable
{
    /// <summary>What the prompt is.</summary>
    public const string Prompt = "ready>";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(160);

    private static readonly TimeSpan PromptLimit = TimeSpan.FromSeconds(60);

    private readonly string _socket = Path.Combine(Path.GetTempPath(), "tmux");

    private Terminal()
    {
    }

    /// <summary>False where there is no tmux.</summary>
    public static bool IsAvailable { get; } =
        Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "tmux"))) == true;

    /// <summary>Starts it and waits for the prompt.</summary>
    /// <param name="setUp">A script that runs before the first prompt.</param>
    public static async Task<Terminal> OpenAsync(string setUp)
    {
        string script = "Set-PSReadLineOption -HistorySaveStyle SaveNothing -PredictionSource None\n" + $"function prompt {{ '{Prompt} ' }}\n" + setUp;
        Terminal terminal = new();
        await terminal.TmuxAsync(
            "-f", "/dev/null", "new-session", "-d", "-x", "140", "-y", "40", Pwsh.Executable!, "-NoProfile", "-NoLogo", "-NoExit", "-Command", script);
        await terminal.WaitForAsync(screen => screen.EndsWith(Prompt, StringComparison.Ordinal));
        return terminal;
    }

    /// <summary>Types a text.</summary>
    public Task TypeAsync(string text) => TmuxAsync("send-keys", "-l", "--", text);

    /// <summary>Presses a key, as tmux calls it: <c>Enter</c>, <c>Tab</c>, <c>C-c</c>.</summary>
    public Task PressAsync(string key) => TmuxAsync("send-keys", key);

    /// <summary>Presses Ctrl+C and waits for the prompt.</summary>
    /// <param name="presses">How often.</param>
    public async Task<string> InterruptAsync(int presses = 1)
    {
        for (int press = 0; press < presses; press++)
        {
            await PressAsync("C-c");
        }

        Stopwatch watch = Stopwatch.StartNew();
        bool answered = false;
        return await WaitForAsync(screen =>
        {
            if (!answered && watch.Elapsed > PromptLimit)
            {
                // Drawing a bar, PowerShell asks the terminal for the cursor and waits. A Ctrl+C empties the keyboard, and with it the
                // answer (PowerShell issue 12814): nothing of ours, so it is given once more.
                answered = true;
                _ = TypeAsync("\e[1;1R");
            }

            return screen.EndsWith(Prompt, StringComparison.Ordinal);
        });
    }

    /// <summary>Waits until the screen is as it should be.</summary>
    /// <returns>The screen, without colours and without empty lines at its end.</returns>
    public async Task<string> WaitForAsync(Func<string, bool> expected)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (true)
        {
            string screen = (await TmuxAsync("capture-pane", "-p")).TrimEnd();
            if (expected(screen))
            {
                return screen;
            }

            if (watch.Elapsed > Limit)
            {
                throw new TimeoutException("The screen never was as expected; it is:\n" + screen);
            }

            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync() => await TmuxAsync("kill-server");

    private async Task<string> TmuxAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("tmux", ["-u", "-S", _socket, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C.UTF-8";
        using Process tmux = Process.Start(start)!;
        Task<string> said = tmux.StandardError.ReadToEndAsync();
        string output = await tmux.StandardOutput.ReadToEndAsync();
        await tmux.WaitForExitAsync();
        return tmux.ExitCode == 0 ? output : throw new InvalidOperationException($"tmux: {await said}");
    }
}
