using System.Management.Automation;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Cmdlets.Formatting;

/// <summary>A copy that was found somewhere, of which other things matter than of one that was just saved: where it lies, what it is, how old.</summary>
/// <param name="Copy">The copy.</param>
internal sealed record ListedSnapshot(EtcdSnapshot Copy)
{
    // The table of this name says so.
    private const string TypeName = "EtcdSnapshot.ListedSnapshot";

    /// <summary>The copy as PowerShell gets it: itself, under the name of its table.</summary>
    public PSObject ToPSObject()
    {
        PSObject shown = new(Copy);
        shown.TypeNames.Insert(0, TypeName);
        return shown;
    }
}
