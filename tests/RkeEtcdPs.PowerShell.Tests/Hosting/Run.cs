using System.Management.Automation;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.Hosting;

/// <summary>What a script came to.</summary>
/// <param name="State">Completed, Failed, or Stopped.</param>
/// <param name="Output">What it emitted.</param>
/// <param name="Terminated">The error that ended the script; null when it went on to its end. One that ends a statement only is in Errors.</param>
internal sealed record Run(PSInvocationState State, IReadOnlyList<PSObject> Output, ErrorRecord? Terminated)
{
    public Run(PSInvocationState state, IReadOnlyList<PSObject> output, PSDataStreams streams, ErrorRecord? terminated)
        : this(state, output, terminated)
    {
        Errors = [.. streams.Error];
        Warnings = [.. streams.Warning.Select(record => record.Message)];
        Verbose = [.. streams.Verbose.Select(record => record.Message)];
        Progress = [.. streams.Progress];
    }

    /// <summary>What it emitted, as text.</summary>
    public IReadOnlyList<string> Text => [.. Output.Select(item => $"{item}")];

    /// <summary>What the error stream got.</summary>
    public IReadOnlyList<ErrorRecord> Errors { get; } = [];

    public IReadOnlyList<string> Warnings { get; } = [];

    public IReadOnlyList<string> Verbose { get; } = [];

    public IReadOnlyList<ProgressRecord> Progress { get; } = [];

    /// <summary>The ids of what went wrong, without the cmdlet's name behind them.</summary>
    public IReadOnlyList<string> ErrorIds => [.. Errors.Append(Terminated).OfType<ErrorRecord>().Select(error => error.FullyQualifiedErrorId.Split(',')[0])];

    /// <summary>A property of each object that it emitted.</summary>
    public IReadOnlyList<object?> Property(string name) => [.. Output.Select(item => item.Properties[name]?.Value)];

    /// <summary>Fails when anything went wrong.</summary>
    public Run AssertQuiet()
    {
        Assert.Null(Terminated?.ToString());
        Assert.Empty(Errors.Select(error => error.ToString()));
        return this;
    }
}
