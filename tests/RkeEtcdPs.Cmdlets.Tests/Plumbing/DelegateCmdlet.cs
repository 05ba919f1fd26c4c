using RkeEtcdPs.Cmdlets.Plumbing;

namespace RkeEtcdPs.Cmdlets.Tests.Plumbing;

/// <summary>A cmdlet whose work a test gives.</summary>
public sealed class DelegateCmdlet : AsyncCmdlet
{
    internal Func<CmdletPipeline, CancellationToken, Task> Work { get; init; } = (_, _) => Task.CompletedTask;

    private protected override Task RunAsync(CmdletPipeline pipeline, CancellationToken cancellationToken) =>
        Work(pipeline, cancellationToken);
}
