namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Something that was found before a restore.</summary>
/// <param name="Node">The node's name; null when it concerns the whole cluster.</param>
/// <param name="Severity">Whether it forbids the restore.</param>
/// <param name="Id">The id of the error that it would be, such as <c>SnapshotNotFound</c>.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Advice">What to do about it.</param>
public sealed record RestoreFinding(string? Node, RestoreFindingSeverity Severity, string Id, string Message, string Advice)
{
    /// <summary>True when -Force passes over it.</summary>
    public bool Forcible { get; init; }

    /// <summary>The error behind it; null when it was found otherwise.</summary>
    internal Errors.EtcdSnapshotException? Failure { get; init; }

    /// <inheritdoc />
    public override string ToString() => Say(Node, Message);

    /// <summary>A message headed by the node that it is about, unless it begins with it.</summary>
    internal static string Say(string? node, string message)
        => node is null || message.StartsWith($"{node} ", StringComparison.Ordinal) || message.StartsWith($"{node}: ", StringComparison.Ordinal) ? message : $"{node}: {message}";
}
