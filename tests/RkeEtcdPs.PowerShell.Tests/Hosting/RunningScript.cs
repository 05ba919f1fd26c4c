using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Shell = System.Management.Automation.PowerShell;

namespace RkeEtcdPs.PowerShell.Tests.Hosting;

/// <summary>A script on its way in a session.</summary>
internal sealed class RunningScript : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    private readonly PSDataCollection<PSObject> _output = [];
    private readonly Shell _shell;
    private readonly IAsyncResult _running;

    public RunningScript(Runspace runspace, string script)
    {
        _shell = Shell.Create(runspace).AddScript(script);
        _running = _shell.BeginInvoke<PSObject, PSObject>(null, _output);
    }

    public void Dispose() => _shell.Dispose();

    /// <summary>Waits until it has shown progress.</summary>
    public async Task WaitForProgressAsync()
    {
        while (_shell.Streams.Progress.Count == 0 && !_running.IsCompleted)
        {
            await Task.Delay(20);
        }
    }

    /// <summary>Stops it, as Ctrl+C does, and waits for its end.</summary>
    public Run Stop()
    {
        _shell.Stop();
        return Finish();
    }

    /// <summary>Waits for its end.</summary>
    public Run Finish()
    {
        ErrorRecord? terminated = null;
        try
        {
            if (!_running.AsyncWaitHandle.WaitOne(Limit))
            {
                throw new TimeoutException($"the script ran longer than {Limit}");
            }

            _shell.EndInvoke(_running);
        }
        catch (PipelineStoppedException)
        {
            // The state says so.
        }
        catch (RuntimeException failure)
        {
            terminated = failure.ErrorRecord;
        }

        return new Run(_shell.InvocationStateInfo.State, [.. _output], _shell.Streams, terminated);
    }
}
