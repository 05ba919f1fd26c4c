using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using RkeEtcdPs.Cmdlets.Commands;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Cmdlets.Parameters;

/// <summary>Looks for snapshots beside the prompt, which may wait a moment for hosts, but not for one that is down.</summary>
internal sealed class SnapshotLookup
{
    // Most hosts answer in less. Those that do not are asked again, with more time, while the prompt goes on.
    private const int SoonSec = 3;
    private const int LateSec = 15;

    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SnapshotLookup(IReadOnlyList<EtcdSnapshot> before) => Snapshots = before;

    /// <summary>What was found so far; at first what was known before.</summary>
    public IReadOnlyList<EtcdSnapshot> Snapshots { get; private set; }

    /// <summary>Ends when those that answer soon have answered, or nothing can be asked.</summary>
    public Task Answered => _answered.Task;

    /// <summary>Begins one.</summary>
    /// <param name="location">The folder that relative paths start from.</param>
    /// <param name="defaults">What the session adds to every call.</param>
    /// <param name="parameters">What Get-EtcdSnapshot is called with.</param>
    /// <param name="before">What was known before.</param>
    public static SnapshotLookup Begin(string location, IDictionary defaults, IDictionary parameters, IReadOnlyList<EtcdSnapshot> before)
    {
        SnapshotLookup lookup = new(before);
        // A thread of its own: the work blocks, and nothing waits for its end.
        new Thread(() => lookup.Run(location, defaults, parameters)) { IsBackground = true, Name = "snapshot names" }.Start();
        return lookup;
    }

    private void Run(string location, IDictionary defaults, IDictionary parameters)
    {
        try
        {
            using Runspace runspace = RunspaceFactory.CreateRunspace(State(defaults));
            runspace.Open();
            runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(location));
            bool all = Ask(runspace, parameters, SoonSec);
            _answered.TrySetResult();
            if (!all)
            {
                Ask(runspace, parameters, LateSec);
            }
        }
        catch (Exception)
        {
            // A prompt must not break over a cluster that is down, so a failure completes to nothing.
        }
        finally
        {
            _answered.TrySetResult();
        }
    }

    private bool Ask(Runspace runspace, IDictionary parameters, int limit)
    {
        using PowerShell shell = PowerShell.Create();
        shell.Runspace = runspace;
        shell.AddCommand("Get-EtcdSnapshot").AddParameters(parameters).AddParameter("TimeoutSec", limit);
        List<EtcdSnapshot> found = [.. shell.Invoke<EtcdSnapshot>()];
        if (found.Count > 0 || shell.Streams.Error.Count == 0)
        {
            Snapshots = found;
        }

        return shell.Streams.Error.Count == 0;
    }

    private static InitialSessionState State(IDictionary defaults)
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.Commands.Add(new SessionStateCmdletEntry("Get-EtcdSnapshot", typeof(GetEtcdSnapshotCommand), null));
        state.Variables.Add(new SessionStateVariableEntry("PSDefaultParameterValues", defaults, null));
        return state;
    }
}
