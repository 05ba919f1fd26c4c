using System.Management.Automation;

namespace RkeEtcdPs.Cmdlets.Plumbing;

/// <summary>What <c>-WhatIf</c> and <c>-Force</c> say together: the former always wins.</summary>
internal static class Approval
{
    /// <summary>Whether a cmdlet was called with <c>-WhatIf</c>, or <c>$WhatIfPreference</c> says so.</summary>
    public static bool IsWhatIf(PSCmdlet cmdlet)
        => cmdlet.MyInvocation?.BoundParameters is { } bound && bound.TryGetValue("WhatIf", out object? given)
            ? LanguagePrimitives.IsTrue(given)
            : LanguagePrimitives.IsTrue(cmdlet.SessionState?.PSVariable?.GetValue("WhatIfPreference"));

    /// <summary>Asks, unless that was answered in advance.</summary>
    public static async Task<bool> AskAsync(CmdletPipeline pipeline, bool force, bool whatIf, string target, string action)
        => (force && !whatIf) || await pipeline.ShouldProcessAsync(target, action);
}
