using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>What an operation came to on one host: a value or a failure, never both and never neither.</summary>
/// <typeparam name="T">What the operation gives for a host.</typeparam>
public sealed class Outcome<T>
    where T : class
{
    /// <summary>A success.</summary>
    public Outcome(RkeNode node, T value)
    {
        Node = node;
        Value = value;
    }

    /// <summary>A failure.</summary>
    public Outcome(RkeNode node, EtcdSnapshotException failure)
    {
        Node = node;
        Failure = failure;
    }

    /// <summary>The host.</summary>
    public RkeNode Node { get; }

    /// <summary>The result; null when it failed.</summary>
    public T? Value { get; }

    /// <summary>Why it failed; null when it succeeded.</summary>
    public EtcdSnapshotException? Failure { get; }
}
