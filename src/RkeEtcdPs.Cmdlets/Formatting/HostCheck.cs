using System.Management.Automation;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Cmdlets.Formatting;

/// <summary>The check of a copy on a host, of which other things matter than of a file's.</summary>
internal static class HostCheck
{
    // The views of this name say on which host.
    private const string TypeName = "EtcdSnapshot.HostCheck";

    /// <summary>The check as PowerShell gets it: itself, under the name of its views.</summary>
    public static PSObject Show(EtcdSnapshotCheck check)
    {
        PSObject shown = new(check);
        shown.TypeNames.Insert(0, TypeName);
        return shown;
    }
}
