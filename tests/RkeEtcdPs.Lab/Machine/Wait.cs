using System.Diagnostics;

namespace RkeEtcdPs.Lab.Machine;

/// <summary>Waits for something to become true, with a limit.</summary>
public static class Wait
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Probes until it is true.</summary>
    /// <param name="what">What is waited for, for the message: <c>dockerd of node1 to answer</c>.</param>
    /// <param name="limit">When to give up.</param>
    /// <param name="probe">True when it has come about.</param>
    /// <param name="log">The end of what the other side logged, read only when the limit is reached; null when it has no log.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="LabException">The limit was reached.</exception>
    public static async Task UntilAsync(
        string what, TimeSpan limit, Func<Task<bool>> probe, Func<string>? log = null, CancellationToken cancellationToken = default)
    {
        var clock = Stopwatch.StartNew();
        while (!await probe())
        {
            if (clock.Elapsed > limit)
            {
                throw new LabException($"waited {limit.TotalSeconds:0} s in vain for {what}{(log is null ? "" : ":\n" + log())}");
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }
}
