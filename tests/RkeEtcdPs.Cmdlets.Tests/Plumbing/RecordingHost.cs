using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Plumbing;

namespace RkeEtcdPs.Cmdlets.Tests.Plumbing;

/// <summary>Stands for PowerShell in a test: remembers what it is given, and insists on the one thread that may give it.</summary>
internal sealed class RecordingHost : ICmdletHost
{
    private readonly int _thread = Environment.CurrentManagedThreadId;

    /// <summary>The answer to every question.</summary>
    public bool Answer { get; init; } = true;

    /// <summary>What the next command does with an object.</summary>
    public Action<object>? Downstream { get; set; }

    /// <summary>The folder that stands for the session's location.</summary>
    public string Location { get; init; } = Directory.GetCurrentDirectory();

    /// <summary>Everything written, in order.</summary>
    public List<object> Written { get; } = [];

    public IEnumerable<CmdletFailure> Failures => Written.OfType<CmdletFailure>();

    public IEnumerable<ProgressUpdate> Progress => Written.OfType<ProgressUpdate>();

    public void WriteObject(object value)
    {
        Write(value);
        Downstream?.Invoke(value);
    }

    public void WriteError(CmdletFailure failure) => Write(failure);

    [DoesNotReturn]
    public void ThrowTerminatingError(CmdletFailure failure) => throw new TerminatedException(failure);

    public void WriteWarning(string message) => Write($"WARNING {message}");

    public void ShowAfterStop(string message) => Written.Add($"AFTER STOP {message}");

    public void WriteVerbose(string message) => Write($"VERBOSE {message}");

    public void WriteProgress(ProgressUpdate update) => Write(update);

    public bool ShouldProcess(string target, string action)
    {
        Write($"SHOULD {action} {target}");
        return Answer;
    }

    public bool ShouldContinue(string query, string caption)
    {
        Write($"CONTINUE {query}");
        return Answer;
    }

    public IReadOnlyList<string> ResolvePath(string path, bool literal)
    {
        string[] found = literal ? [] : [.. Directory.GetFiles(Location, path).Order(StringComparer.Ordinal)];
        return found is [] ? [Path.Combine(Location, path)] : found;
    }

    private void Write(object value)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new PSInvalidOperationException("Written from another thread than the pipeline's.");
        }

        Written.Add(value);
    }
}
