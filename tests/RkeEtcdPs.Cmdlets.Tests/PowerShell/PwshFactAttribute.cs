using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.PowerShell;

/// <summary>A test in a real PowerShell; skipped where there is none.</summary>
internal sealed class PwshFactAttribute : FactAttribute
{
    public PwshFactAttribute()
    {
        if (Pwsh.Executable is null)
        {
            Skip = "pwsh is not on PATH.";
        }
    }
}
