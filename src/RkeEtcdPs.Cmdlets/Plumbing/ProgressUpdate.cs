using System.Management.Automation;

namespace RkeEtcdPs.Cmdlets.Plumbing;

/// <summary>One state of a progress bar.</summary>
/// <param name="Id">The bar; the same host keeps the same one.</param>
/// <param name="Activity">The host and what is done there.</param>
/// <param name="Status">The step, with bytes where they are known.</param>
/// <param name="Percent">0 to 100; -1 when not known.</param>
/// <param name="Completed">True when the bar goes away.</param>
internal sealed record ProgressUpdate(int Id, string Activity, string Status, int Percent, bool Completed)
{
    /// <summary>The same for PowerShell.</summary>
    public ProgressRecord ToProgressRecord() => new(Id, Activity, Status)
    {
        PercentComplete = Percent,
        RecordType = Completed ? ProgressRecordType.Completed : ProgressRecordType.Processing,
    };
}
