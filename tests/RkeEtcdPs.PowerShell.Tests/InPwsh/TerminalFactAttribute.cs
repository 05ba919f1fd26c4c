using RkeEtcdPs.Cmdlets.Tests.PowerShell;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.InPwsh;

/// <summary>A test at the prompt of pwsh on the hosts of the lab; skipped where there is no pwsh, or no terminal to run it in.</summary>
internal sealed class TerminalFactAttribute : SkippableFactAttribute
{
    public TerminalFactAttribute()
    {
        if (Pwsh.Executable is null)
        {
            Skip = "pwsh is not on PATH.";
        }
        else if (!Terminal.IsAvailable)
        {
            Skip = "tmux is not on PATH.";
        }
    }
}
