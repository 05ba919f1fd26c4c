using System.Collections.Concurrent;
using System.Threading.Channels;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Cmdlets.Plumbing;

/// <summary>The pipeline as asynchronous work sees it: from any thread, in order, and silent once the cmdlet is over.</summary>
internal sealed class CmdletPipeline(ChannelWriter<Action<ICmdletHost>> queue, ProgressBoard board, CancellationToken over)
    : IProgress<HostEvent>
{
    /// <summary>What is to be said after a stop.</summary>
    public ConcurrentQueue<string> Farewells { get; } = new();

    /// <summary>Emits one object.</summary>
    public void WriteObject(object value) => Post(host => host.WriteObject(value));

    /// <summary>Emits what came of one host: its object, or its error with the node as target.</summary>
    public void Write<T>(Outcome<T> outcome)
        where T : class
    {
        if (outcome.Failure is { } failure)
        {
            WriteError(failure, outcome.Node);
        }
        else
        {
            WriteObject(outcome.Value!);
        }
    }

    /// <summary>Emits what comes of each host: objects as they come, errors when all hosts are done.</summary>
    /// <remarks>
    /// A caller that stops at the first error must not stop the work on the other hosts by that. Where the whole request fails in the end, what failed
    /// on single hosts is still said first.
    /// </remarks>
    public async Task WriteAsync<T>(IAsyncEnumerable<Outcome<T>> outcomes)
        where T : class
    {
        List<Outcome<T>> failed = [];
        try
        {
            await foreach (Outcome<T> outcome in outcomes.WithCancellation(over))
            {
                if (outcome.Failure is null)
                {
                    Write(outcome);
                }
                else
                {
                    failed.Add(outcome);
                }
            }
        }
        finally
        {
            failed.ForEach(Write);
        }
    }

    /// <summary>Waits until all that was written before has been taken. Work that writes much waits now and then, so that it is not all kept in memory.</summary>
    public Task DrainAsync() => AskAsync(_ => true);

    /// <summary>Writes an error after which the work goes on.</summary>
    /// <param name="failure">The cause.</param>
    /// <param name="target">What failed; the name of the failure's node when null.</param>
    public void WriteError(EtcdSnapshotException failure, object? target = null) =>
        Post(host => host.WriteError(CmdletFailure.From(failure, target)));

    /// <summary>Writes to the warning stream.</summary>
    public void WriteWarning(string message) => Post(host => host.WriteWarning(PrintableText.Message(message)));

    /// <summary>Writes to the verbose stream.</summary>
    public void WriteVerbose(string message) => Post(host => host.WriteVerbose(PrintableText.Message(message)));

    /// <summary>Asks whether a change may be made, as <c>-WhatIf</c> and <c>-Confirm</c> say.</summary>
    public Task<bool> ShouldProcessAsync(string target, string action) => AskAsync(host => host.ShouldProcess(PrintableText.Line(target), action));

    /// <summary>Asks a question that only <c>-Force</c> answers in advance.</summary>
    public Task<bool> ShouldContinueAsync(string query, string caption) => AskAsync(host => host.ShouldContinue(query, caption));

    /// <summary>Passes on what the engine tells: the story to the verbose stream, warnings, progress bars.</summary>
    public void Report(HostEvent value)
    {
        switch (value)
        {
            case HostMessage message:
                WriteVerbose($"[{message.Node}] {message.Message}");
                break;
            case HostWarning warning:
                WriteWarning($"[{warning.Node}] {warning.Message}");
                break;
            case HostFailure failed:
                WriteError(failed.Failure, failed.Failed);
                break;
            case HostFarewell farewell:
                Farewells.Enqueue(PrintableText.Message($"[{farewell.Node}] {farewell.Message}"));
                break;
            case HostProgress progress when board.Show(progress) is { } update:
                Post(host => host.WriteProgress(update));
                break;
        }
    }

    private Task<bool> AskAsync(Func<ICmdletHost, bool> question)
    {
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        return Post(host => answer.SetResult(question(host)))
            ? answer.Task.WaitAsync(over)
            : Task.FromCanceled<bool>(new CancellationToken(canceled: true));
    }

    // Refused once the cmdlet is over: what its clean-up still has to say reaches nobody.
    private bool Post(Action<ICmdletHost> write) => queue.TryWrite(write);
}
