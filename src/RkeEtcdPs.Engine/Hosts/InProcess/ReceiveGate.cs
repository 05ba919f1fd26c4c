namespace RkeEtcdPs.Engine.Hosts.InProcess;

/// <summary>Holds up the thread that receives for one login as long as what it received is not read.</summary>
/// <remarks>
/// SSH.NET grants the host an endless window and keeps in memory whatever comes: a snapshot that is read from a fast host and
/// written to a slow place would be there as a whole. While this thread waits, TCP makes the host wait.
/// </remarks>
internal sealed class ReceiveGate
{
    private readonly object _changed = new();
    private int _writing;
    private bool _open;

    /// <summary>True while the receiving thread waits.</summary>
    public bool IsHolding { get; private set; }

    /// <summary>Waits until there is room again. For the receiving thread only.</summary>
    public void WaitFor(Func<bool> isFull)
    {
        lock (_changed)
        {
            // A write may need the host's leave to go on, which comes in through this thread: then memory has to do.
            while (!_open && _writing == 0 && isFull())
            {
                IsHolding = true;
                Monitor.Wait(_changed);
            }

            IsHolding = false;
        }
    }

    /// <summary>Something was read, or nobody will read it any more.</summary>
    public void Recheck()
    {
        lock (_changed)
        {
            Monitor.PulseAll(_changed);
        }
    }

    public void BeginWrite() => Change(() => _writing++);

    public void EndWrite() => Change(() => _writing--);

    /// <summary>Lets everything pass from now on.</summary>
    public void Open() => Change(() => _open = true);

    private void Change(Action change)
    {
        lock (_changed)
        {
            change();
            Monitor.PulseAll(_changed);
        }
    }
}
