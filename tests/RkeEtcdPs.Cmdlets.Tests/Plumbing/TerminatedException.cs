using RkeEtcdPs.Cmdlets.Plumbing;

namespace RkeEtcdPs.Cmdlets.Tests.Plumbing;

/// <summary>What a terminating error is in a test.</summary>
internal sealed class TerminatedException(CmdletFailure failure) : Exception(failure.Exception.Message)
{
    public CmdletFailure Failure { get; } = failure;
}
