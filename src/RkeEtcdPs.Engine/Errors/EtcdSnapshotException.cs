namespace RkeEtcdPs.Engine.Errors;

/// <summary>
/// A failure the admin can act on. One derived type per cause; everything the engine throws on purpose is one of them,
/// apart from <see cref="OperationCanceledException"/>.
/// </summary>
public abstract class EtcdSnapshotException : Exception
{
    private string? _consequence;
    private EtcdSnapshotException? _origin;

    private protected EtcdSnapshotException(FailureCategory category, string message, string advice, Exception? inner = null)
        : base(PrintableText.Message(message), inner)
    {
        Category = category;
        Advice = PrintableText.Message(advice);
    }

    /// <summary>The stable identifier of the cause: the type's name without <c>Exception</c>, such as <c>NodeUnreachable</c>.</summary>
    public string Id => GetType().Name[..^nameof(Exception).Length];

    /// <summary>What kind of failure this is.</summary>
    public FailureCategory Category { get; }

    /// <summary>What to do about it, in one or two sentences. Never empty.</summary>
    public string Advice { get; }

    /// <inheritdoc />
    public override string Message => _consequence is null ? base.Message : $"{base.Message} {_consequence}";

    /// <summary>Says what it came to at a place, as a sentence that follows the cause.</summary>
    internal void Add(string consequence) => _consequence = $"{_consequence} {PrintableText.Message(consequence)}".TrimStart();

    /// <summary>The same failure, with what it came to at one of the places that share it, as a sentence that follows the cause.</summary>
    internal EtcdSnapshotException With(string consequence)
    {
        EtcdSnapshotException own = (EtcdSnapshotException)MemberwiseClone();
        own._origin = _origin ?? this;
        own.Add(consequence);
        return own;
    }

    /// <summary>Whether it is another one, or was made of it by <see cref="With"/>.</summary>
    internal bool Is(EtcdSnapshotException? other) => other is not null && ReferenceEquals(_origin ?? this, other._origin ?? other);

    /// <summary>The name of the node it happened on; null when it concerns the whole request.</summary>
    public string? Node { get; init; }
}
