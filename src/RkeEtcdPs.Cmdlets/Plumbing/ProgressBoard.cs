using RkeEtcdPs.Cmdlets.Formatting;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Cmdlets.Plumbing;

/// <summary>One progress bar per host. Thread-safe.</summary>
/// <remarks>Bytes move a bar at most five times a second; a new step and the end always show.</remarks>
internal sealed class ProgressBoard(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // Before that a rate says nothing.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);

    // Of several updates at once the console draws the first: the second time, all that came with it.
    private const int RedrawsAfterChange = 2;

    // Names may be the same in several clusters, and clusters may have one name.
    private readonly Dictionary<(string Node, string? Cluster, string? Address), Bar> _bars = [];

    /// <summary>The update to show for an event; null when the bar has just moved.</summary>
    public ProgressUpdate? Show(HostProgress progress)
    {
        lock (_bars)
        {
            (string, string?, string?) key = (progress.Node, progress.Host?.ClusterName, progress.Host?.Address);
            if (!_bars.TryGetValue(key, out Bar? bar))
            {
                _bars.Add(key, bar = new Bar(_bars.Count + 1));
            }

            bool step = bar.Latest is null || bar.Latest.Status != progress.Status || bar.Latest.Activity != progress.Activity;
            if (step)
            {
                bar.StepAt = time.GetTimestamp();
                bar.StepDone = progress.Done ?? 0;
            }

            bar.Latest = progress.Completed ? null : progress;
            bar.Redraws = RedrawsAfterChange;
            if (!step && !progress.Completed && time.GetElapsedTime(bar.ShownAt) < Pause)
            {
                return null;
            }

            bar.ShownAt = time.GetTimestamp();
            return Update(bar, progress);
        }
    }

    /// <summary>The bars that changed since they were drawn for certain, as they are by now.</summary>
    /// <remarks>
    /// PowerShell's console drops an update that comes soon after another, and draws it only when a further one comes. Not more often
    /// than that needs: on Unix a drawing asks the terminal where the cursor is, and a Ctrl+C that meets the answer leaves PowerShell
    /// waiting for it (PowerShell issue 12814).
    /// </remarks>
    public IReadOnlyList<ProgressUpdate> Refresh()
    {
        lock (_bars)
        {
            Bar[] changed = [.. _bars.Values.Where(bar => bar.Latest is not null && bar.Redraws > 0)];
            foreach (Bar bar in changed)
            {
                bar.Redraws--;
            }

            return [.. changed.Select(bar => Update(bar, bar.Latest!))];
        }
    }

    /// <summary>Takes down every bar that is still up.</summary>
    public IReadOnlyList<ProgressUpdate> Close()
    {
        lock (_bars)
        {
            ProgressUpdate[] last = [.. _bars.Values.Where(bar => bar.Latest is not null).Select(bar => Update(bar, bar.Latest!) with { Completed = true })];
            _bars.Clear();
            return last;
        }
    }

    private ProgressUpdate Update(Bar bar, HostProgress progress)
    {
        string status = progress switch
        {
            { Done: { } done, Total: { } total } => $"{progress.Status}, {Display.Size(done)} of {Display.Size(total)}{Rate(bar, done, total)}",
            { Done: { } done } => $"{progress.Status}, {Display.Size(done)}",
            _ => progress.Status,
        };
        int percent = progress is { Done: { } part, Total: { } whole and > 0 } ? (int)Math.Clamp(100.0 * part / whole, 0, 100) : -1;
        return new ProgressUpdate(bar.Id, $"{progress.Node}: {progress.Activity}", status, percent, progress.Completed);
    }

    private string Rate(Bar bar, long done, long total)
    {
        TimeSpan elapsed = time.GetElapsedTime(bar.StepAt);
        double rate = (done - bar.StepDone) / elapsed.TotalSeconds;
        return elapsed < Settled || rate < 1 || done >= total ? ""
            : $", {Display.Size((long)rate)}/s, {Display.Duration(TimeSpan.FromSeconds((total - done) / rate))} left";
    }

    private sealed class Bar(int id)
    {
        public int Id { get; } = id;

        public HostProgress? Latest { get; set; }

        public long ShownAt { get; set; }

        public long StepAt { get; set; }

        public long StepDone { get; set; }

        public int Redraws { get; set; }
    }
}
