using RkeEtcdPs.Cmdlets.Tests.PowerShell;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.InPwsh;

/// <summary>A test in pwsh on the hosts of the lab; skipped where there is no pwsh.</summary>
internal sealed class PwshLabFactAttribute : SkippableFactAttribute
{
    public PwshLabFactAttribute()
    {
        if (Pwsh.Executable is null)
        {
            Skip = "pwsh is not on PATH.";
        }
    }
}
