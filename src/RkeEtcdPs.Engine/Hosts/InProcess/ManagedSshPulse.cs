using Renci.SshNet;
using Renci.SshNet.Common;

namespace RkeEtcdPs.Engine.Hosts.InProcess;

/// <summary>Sees whether a host that is silent still is there.</summary>
/// <remarks>SSH.NET's own keep-alive sends what needs no answer. This opens a channel, which the host must grant or refuse.</remarks>
internal sealed class ManagedSshPulse : IAsyncDisposable
{
    private const int MostUnanswered = 3;

    private readonly ManagedSshLogin _login;
    private readonly ReceiveGate _gate;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private volatile bool _heard;

    public ManagedSshPulse(ManagedSshLogin login, ReceiveGate gate, TimeSpan interval)
    {
        _login = login;
        _gate = gate;
        Session session = login.Session;
        session.ChannelOpenConfirmationReceived += (_, _) => _heard = true;
        session.ChannelOpenFailureReceived += (_, _) => _heard = true;
        session.ChannelWindowAdjustReceived += (_, _) => _heard = true;
        session.ChannelDataReceived += (_, _) => _heard = true;
        session.ChannelExtendedDataReceived += (_, _) => _heard = true;
        _running = RunAsync(interval);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync(TimeSpan interval)
    {
        Task asking = Task.CompletedTask;
        int unanswered = 0;
        using PeriodicTimer timer = new(interval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                // What waits for us to read has been sent by a host that is there.
                unanswered = _heard || _gate.IsHolding ? 0 : unanswered + 1;
                _heard = false;
                if (unanswered > MostUnanswered)
                {
                    _login.End("it stopped answering");
                    return;
                }

                if (unanswered > 0 && asking.IsCompleted)
                {
                    asking = Task.Run(Ask);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody asks any more.
        }
    }

    private void Ask()
    {
        try
        {
            using SshCommand command = _login.Client.CreateCommand("true");
            command.Execute();
        }
        catch (Exception error) when (error is SshException or InvalidOperationException or IOException or System.Net.Sockets.SocketException)
        {
            // A refusal is an answer, too; and a login that has ended says so itself.
        }
    }
}
