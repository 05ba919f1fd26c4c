using System.Runtime.InteropServices;
using RkeEtcdPs.Lab.Machine;
using RkeEtcdPs.Lab.State;

namespace RkeEtcdPs.Lab.Hosts;

/// <summary>Takes a lab down when its owner is told to end, or ends without having disposed of it.</summary>
internal sealed class OwnerExit : IDisposable
{
    private readonly LabFolder _folder;
    private readonly ProcessMark _owner;
    private readonly PosixSignalRegistration[] _signals;

    internal OwnerExit(LabFolder folder, ProcessMark owner)
    {
        _folder = folder;
        _owner = owner;
        PosixSignal[] signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];
        // The signal goes on to end the process afterwards.
        _signals = [.. signals.Select(s => PosixSignalRegistration.Create(s, _ => LabRemains.Remove(folder, owner)))];
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }
    }

    private void OnExit(object? sender, EventArgs e) => LabRemains.Remove(_folder, _owner);
}
