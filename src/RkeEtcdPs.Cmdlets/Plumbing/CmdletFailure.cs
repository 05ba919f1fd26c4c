using System.Management.Automation;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Cmdlets.Plumbing;

/// <summary>An error as the admin sees it.</summary>
/// <param name="Exception">The cause.</param>
/// <param name="Id">The stable error id.</param>
/// <param name="Category">The name of a PowerShell <see cref="ErrorCategory"/>.</param>
/// <param name="Target">The node, file or cluster that failed; null when there is none.</param>
/// <param name="Advice">What to do about it.</param>
internal sealed record CmdletFailure(Exception Exception, string Id, string Category, object? Target, string Advice)
{
    /// <summary>Describes an exception; one that the engine did not throw on purpose is a defect and says so.</summary>
    public static CmdletFailure From(Exception exception, object? target = null) => exception switch
    {
        EtcdSnapshotException known => new(known, known.Id, known.Category.ToString(), target ?? known.Node, known.Advice),
        _ => new(
            exception,
            "UnexpectedFailure",
            nameof(ErrorCategory.NotSpecified),
            target,
            "This is a defect of EtcdSnapshot. Please report it with the output of: $Error[0].Exception.ToString()"),
    };

    /// <summary>The same for PowerShell, which describes its own exceptions best itself.</summary>
    public ErrorRecord ToErrorRecord()
    {
        if (Exception is IContainsErrorRecord { ErrorRecord: { } own })
        {
            return own;
        }

        return new ErrorRecord(Exception, Id, Enum.Parse<ErrorCategory>(Category), Target)
        {
            ErrorDetails = new ErrorDetails(Exception.Message) { RecommendedAction = Advice },
        };
    }
}
