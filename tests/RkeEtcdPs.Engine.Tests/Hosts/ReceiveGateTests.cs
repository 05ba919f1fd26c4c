using RkeEtcdPs.Engine.Hosts.InProcess;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Hosts;

public sealed class ReceiveGateTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly ReceiveGate _gate = new();
    private volatile bool _full = true;

    [Fact]
    public async Task It_holds_until_there_is_room()
    {
        Task waiting = await HoldAsync();

        _full = false;
        _gate.Recheck();

        await waiting.WaitAsync(Soon);
        Assert.False(_gate.IsHolding);
    }

    [Fact]
    public async Task A_write_lets_through_what_it_may_depend_on()
    {
        Task waiting = await HoldAsync();

        _gate.BeginWrite();

        await waiting.WaitAsync(Soon);
        _gate.EndWrite();
        Assert.False((await HoldAsync()).IsCompleted);
        _gate.Open();
    }

    [Fact]
    public async Task It_holds_nothing_after_the_end()
    {
        Task waiting = await HoldAsync();

        _gate.Open();

        await waiting.WaitAsync(Soon);
    }

    private async Task<Task> HoldAsync()
    {
        Task waiting = Task.Run(() => _gate.WaitFor(() => _full));
        using CancellationTokenSource limit = new(Soon);
        while (!_gate.IsHolding)
        {
            await Task.Delay(5, limit.Token);
        }

        return waiting;
    }
}
