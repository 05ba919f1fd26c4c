namespace RkeEtcdPs.Engine.Errors;

/// <summary>Something went wrong on a host that this module has no better word for. The other hosts are not affected.</summary>
public sealed class UnexpectedFailureException : EtcdSnapshotException
{
    internal UnexpectedFailureException(string node, Exception inner)
        : base(
            FailureCategory.InvalidOperation,
            $"The work on {node} failed in an unexpected way: {inner.Message}",
            "This is a defect of the module: report it with `$Error[0].Exception | Format-List * -Force`.",
            inner)
    {
        Node = node;
    }
}
