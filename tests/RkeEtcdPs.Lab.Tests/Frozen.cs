using System.Runtime.InteropServices;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>Stops the next <c>etcdctl snapshot save</c> on a host in its tracks, so that a test can do its worst in the middle of it.</summary>
internal sealed class Frozen : IAsyncDisposable
{
    private const long EnoughBytes = 24 * 1024 * 1024;
    private const int Stop = 19;
    private const int Continue = 18;

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<int> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _watching;

    private Frozen(string network) => _watching = Task.Factory.StartNew(() => Watch(network), TaskCreationOptions.LongRunning);

    /// <summary>Completes when it is stopped.</summary>
    public Task Reached => _reached.Task.WaitAsync(TimeSpan.FromSeconds(120));

    public static async Task<Frozen> AtSnapshotSaveAsync(LabHost host)
    {
        // Of a small database the save would be over before it is seen.
        FileInfo database = new(host.PathOf("/var/lib/etcd/member/snap/db"));
        if (database.Length < EnoughBytes)
        {
            await host.FillAsync(EnoughBytes);
        }

        return new Frozen(NetworkOf(host.Description.Init.Pid) ?? throw new InvalidOperationException("the host is gone"));
    }

    /// <summary>Lets it go on.</summary>
    public async Task ThawAsync() => _ = Kill(await _reached.Task, Continue);

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
        // What runs already need not be looked at again and again: the save is over in a moment.
        HashSet<string> old = [.. Directory.EnumerateDirectories("/proc")];
        while (!_stop.IsCancellationRequested)
        {
            foreach (string folder in Directory.EnumerateDirectories("/proc").Where(folder => !old.Contains(folder)))
            {
                if (int.TryParse(Path.GetFileName(folder), out int process) && IsSave(folder) && NetworkOf(process) == network)
                {
                    _ = Kill(process, Stop);
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

    [DllImport("libc", EntryPoint = "kill", ExactSpelling = true)]
    private static extern int Kill(int process, int signal);
}
