using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Tells how far the work on one local file is. Work that is over before anybody could read of it is not told.</summary>
/// <param name="path">The full path of the file.</param>
/// <param name="activity">What is being done, such as <c>Checking</c>.</param>
/// <param name="events">Is told.</param>
public sealed class FileProgress(string path, string activity, IProgress<HostEvent> events) : IDisposable
{
    private const long Smallest = 32 << 20;

    private readonly string _name = Path.GetFileName(path);
    private bool _isShown;

    /// <summary>The bytes of one step of the work.</summary>
    /// <param name="status">The step, such as <c>unpacking</c>.</param>
    /// <param name="total">Its bytes in all; null where not known.</param>
    public IProgress<long> Step(string status, long? total = null) => new Bytes(done =>
    {
        if ((total ?? done) >= Smallest)
        {
            _isShown = true;
            events.Report(new HostProgress(_name, activity, status, done, total));
        }
    });

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        if (_isShown)
        {
            events.Report(new HostProgress(_name, activity, "done", Completed: true));
        }
    }

    // Not Progress<T>, which would reorder what it is told.
    private sealed class Bytes(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
