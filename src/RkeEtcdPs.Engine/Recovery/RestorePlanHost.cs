namespace RkeEtcdPs.Engine.Recovery;

/// <summary>What a restore would do on one host.</summary>
public sealed record RestorePlanHost
{
    /// <summary>The node's name.</summary>
    public required string Node { get; init; }

    /// <summary>Its address.</summary>
    public required string Address { get; init; }

    /// <summary>The name of its etcd member; null when it has none and only its API server is stopped.</summary>
    public string? Member { get; init; }

    /// <summary>The id of its etcd container; null when that will be made.</summary>
    public string? Container { get; init; }

    /// <summary>The folder of etcd's data on the host; null without a member.</summary>
    public string? DataPath { get; init; }

    /// <summary>The bytes of the data that will be kept; null when there is none.</summary>
    public long? DataSize { get; init; }

    /// <summary>The node that its copy of the snapshot will come from; null when it has one.</summary>
    public string? CopiedFrom { get; init; }

    /// <summary>The files of certificates and keys that will be put there; empty when it has all that it needs.</summary>
    public IReadOnlyList<string> Certificates { get; init; } = [];

    /// <summary>Where the authority by which they are issued was found, and the SHA-256 of its certificate; null when it is given none.</summary>
    public string? Authority { get; init; }

    /// <summary>The SHA-256 of how the etcd container that it is given will be: its image, command, environment and mounts; null when it has one.</summary>
    public string? Design { get; init; }

    /// <summary>What will be done there, in order, a sentence each.</summary>
    public IReadOnlyList<string> Actions { get; init; } = [];

    /// <summary>What the plan depends on.</summary>
    internal string Identity => $"{Node} {Address} {Member} {Container} {DataPath} {CopiedFrom} {string.Join(',', Certificates)} {Authority} {Design}";

    /// <inheritdoc />
    public override string ToString() => Node;
}
