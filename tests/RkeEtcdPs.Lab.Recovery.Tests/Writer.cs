namespace RkeEtcdPs.Lab.Recovery.Tests;

/// <summary>Writes to a member all the time, and counts what fails.</summary>
internal sealed class Writer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;
    private int _written;
    private int _failed;

    public Writer(LabHost host) => _work = Task.Run(() => WriteAsync(host));

    public int Failed => _failed;

    public int Written => _written;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _stop.Dispose();
    }

    private async Task WriteAsync(LabHost host)
    {
        for (int i = 0; !_stop.IsCancellationRequested; i++)
        {
            bool succeeded = (await host.EtcdctlAsync("put", $"/writer/{i}", "x")).Succeeded;
            Interlocked.Increment(ref succeeded ? ref _written : ref _failed);
            await Task.Delay(20);
        }
    }
}
