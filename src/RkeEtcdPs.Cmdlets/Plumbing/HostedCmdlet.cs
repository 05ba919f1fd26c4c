using System.Management.Automation;

namespace RkeEtcdPs.Cmdlets.Plumbing;

/// <summary>A cmdlet that speaks to PowerShell only through its <see cref="ICmdletHost"/>.</summary>
public abstract class HostedCmdlet : PSCmdlet
{
    private protected HostedCmdlet() => CmdletHost = new PowerShellHost(this);

    /// <summary>PowerShell, or what stands for it in a test.</summary>
    internal ICmdletHost CmdletHost { get; set; }

    /// <summary>Takes one pipeline input; on the pipeline thread. Its failure is the whole request's: a terminating error.</summary>
    private protected virtual void Accept()
    {
    }

    /// <inheritdoc />
    protected sealed override void ProcessRecord()
    {
        try
        {
            Accept();
        }
        catch (Exception failure) when (failure is not (RuntimeException or FlowControlException))
        {
            // PowerShell's own exceptions pass: they may mean that the next command has enough.
            CmdletHost.ThrowTerminatingError(CmdletFailure.From(failure));
        }
    }
}
