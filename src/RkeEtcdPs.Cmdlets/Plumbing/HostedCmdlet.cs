using System.Management.Automation;

namespace RkeEtcdPs.Cmdlets.Plumbing;

/// <summary>A cmdlet that speaks to PowerShell only through its <see cref="ICmdletHost"/>.</summary>
public abstract class HostedCmdlet : PSCmdlet
{
    private protected HostedCmdlet() => CmdletHost = new PowerShellHost(this);

    /// <summary>PowerShell, or what stands for it in a test.</summary>
    internal ICmdletHost CmdletHost { get; set; }
}
