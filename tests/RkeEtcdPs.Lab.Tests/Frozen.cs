using System.Diagnostics;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>Stops the next <c>etcdctl snapshot save</c> on a host in its tracks, so that a test can do its worst in the middle of it.</summary>
internal sealed class Frozen : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<int> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _watching;

    private Frozen(string network) => _watching = Task.Factory.StartNew(() => Watch(network), TaskCreationOptions.LongRunning);

    /// <summary>Completes when it is stopped.</summary>
    public Task Reached => _reached.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public static Task<Frozen> AtSnapshotSaveAsync(LabHost host)
        => Task.FromResult(new Frozen(NetworkOf(host.Description.Init.Pid) ?? throw new InvalidOperationException("the host is gone")));

    /// <summary>Lets it go on.</summary>
    public async Task ThawAsync() => await SignalAsync("-CONT", await _reached.Task);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        if (_reached.Task.IsCompletedSuccessfully)
        {
            await ThawAsync();
        }

        _stop.Dispose();
    }

    private void Watch(string network)
    {
        while (!_stop.IsCancellationRequested)
        {
            foreach (string folder in Directory.EnumerateDirectories("/proc"))
            {
                if (int.TryParse(Path.GetFileName(folder), out int process) && IsSave(folder) && NetworkOf(process) == network)
                {
                    SignalAsync("-STOP", process).GetAwaiter().GetResult();
                    _reached.SetResult(process);
                    return;
                }
            }
        }
    }

    private static bool IsSave(string folder)
    {
        try
        {
            return File.ReadAllText($"{folder}/cmdline").StartsWith("etcdctl\0snapshot\0save\0", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // It has ended.
        }
    }

    private static string? NetworkOf(int process)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{process}/ns/net", returnFinalTarget: false)?.Name;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static async Task SignalAsync(string signal, int process)
    {
        using Process kill = Process.Start(new ProcessStartInfo("kill", [signal, $"{process}"]) { RedirectStandardError = true })!;
        await kill.WaitForExitAsync();
    }
}
