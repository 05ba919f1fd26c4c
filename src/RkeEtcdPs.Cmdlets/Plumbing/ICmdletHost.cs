using System.Diagnostics.CodeAnalysis;

namespace RkeEtcdPs.Cmdlets.Plumbing;

/// <summary>What a cmdlet may ask of PowerShell, all on the pipeline thread. The seam at which cmdlets are tested without PowerShell.</summary>
internal interface ICmdletHost
{
    /// <summary>Hands one object to the next command; throws when that command wants no more.</summary>
    void WriteObject(object value);

    /// <summary>Writes an error that lets the cmdlet go on; throws when the caller's preference is to stop.</summary>
    void WriteError(CmdletFailure failure);

    /// <summary>Ends the cmdlet with an error.</summary>
    [DoesNotReturn]
    void ThrowTerminatingError(CmdletFailure failure);

    /// <summary>Writes to the warning stream.</summary>
    void WriteWarning(string message);

    /// <summary>Shows a warning to whoever sits at the prompt, when the pipeline has been stopped and takes nothing more.</summary>
    void ShowAfterStop(string message);

    /// <summary>Writes to the verbose stream.</summary>
    void WriteVerbose(string message);

    /// <summary>Shows how far something is.</summary>
    void WriteProgress(ProgressUpdate update);

    /// <summary>Asks whether a change may be made, as <c>-WhatIf</c> and <c>-Confirm</c> say.</summary>
    bool ShouldProcess(string target, string action);

    /// <summary>Asks a question that only <c>-Force</c> answers in advance.</summary>
    bool ShouldContinue(string query, string caption);

    /// <summary>Full paths of the files a path stands for, from the session's location.</summary>
    /// <param name="path">A path in the file system.</param>
    /// <param name="literal">True when the path has no wildcards, whatever it looks like.</param>
    /// <returns>At least one path; that of a missing file when nothing is found.</returns>
    /// <exception cref="System.Management.Automation.PSArgumentException">The path is none in the file system.</exception>
    IReadOnlyList<string> ResolvePath(string path, bool literal);
}
