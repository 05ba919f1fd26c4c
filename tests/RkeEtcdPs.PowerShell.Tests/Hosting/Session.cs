using System.Management.Automation;
using System.Management.Automation.Runspaces;
using RkeEtcdPs.Cmdlets.Tests.Commands;

namespace RkeEtcdPs.PowerShell.Tests.Hosting;

/// <summary>A session of the real PowerShell engine in this process. It has the engine's own cmdlets and none of the modules that come with pwsh.</summary>
internal sealed class Session : IDisposable
{
    private readonly RecordingHost _host = new();
    private readonly Runspace _runspace;

    private Session()
    {
        _runspace = RunspaceFactory.CreateRunspace(_host, InitialSessionState.CreateDefault2());
        _runspace.Open();
        Set("module", Manifest.FullName);
    }

    /// <summary>What the user sees and answers.</summary>
    public RecordingScreen Screen => _host.Screen;

    /// <summary>A session in which nothing is imported, and <c>$module</c> is the path of the manifest.</summary>
    public static Session OpenBare() => new();

    /// <summary>A session in which the module is imported.</summary>
    public static Session Open()
    {
        Session session = new();
        session.Run("Import-Module $module -ErrorAction Stop").AssertQuiet();
        return session;
    }

    /// <summary>A session in which the module is imported, and so is Invoke-EtcdProbe.</summary>
    public static Session OpenWithProbe()
    {
        Session session = Open();
        session.Set("probe", Path.Combine(AppContext.BaseDirectory, "RkeEtcdPs.Cmdlets.Probe.dll"));
        session.Run(
            """
            $ours = [Runtime.Loader.AssemblyLoadContext]::GetLoadContext([RkeEtcdPs.Cmdlets.Formatting.Display].Assembly)
            Import-Module -Assembly $ours.LoadFromAssemblyPath($probe) -ErrorAction Stop
            """).AssertQuiet();
        return session;
    }

    public void Dispose() => _runspace.Dispose();

    /// <summary>Changes the current location.</summary>
    public void Enter(string folder) => _runspace.SessionStateProxy.Path.SetLocation(folder);

    /// <summary>Sets a variable.</summary>
    public void Set(string name, object value) => _runspace.SessionStateProxy.SetVariable(name, value);

    /// <summary>Runs a script to its end.</summary>
    public Run Run(string script)
    {
        using RunningScript running = Start(script);
        return running.Finish();
    }

    /// <summary>Runs a script and gives the terminating error that ended it; null when none did.</summary>
    public ErrorRecord? Catch(string script) =>
        Run($"try {{ {script} | Out-Null }} catch {{ $_ }}").Output.Select(item => item.BaseObject).OfType<ErrorRecord>().SingleOrDefault();

    /// <summary>Starts a script.</summary>
    public RunningScript Start(string script) => new(_runspace, script);

    /// <summary>What the Tab key offers at the end of a line.</summary>
    public IReadOnlyList<string> Complete(string line)
    {
        using var shell = System.Management.Automation.PowerShell.Create(_runspace);
        return [.. CommandCompletion.CompleteInput(line, line.Length, null, shell).CompletionMatches.Select(match => match.CompletionText)];
    }
}
