using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>One place that gets a copy of one snapshot. Disposed before it has received all, it removes what it wrote.</summary>
internal interface ICopyTarget : IAsyncDisposable
{
    /// <summary>True when the length must be known before the first byte.</summary>
    bool NeedsLength { get; }

    /// <summary>What an earlier copy has left here that may be gone on with, once it is prepared; null for nothing, and where that is of no use to the source.</summary>
    PartialCopy? Begun { get; }

    /// <summary>What lies there under the name; null when nothing does.</summary>
    /// <exception cref="SnapshotExistsException">It is a folder.</exception>
    Task<FoundCopy?> FindAsync(CancellationToken cancellationToken);

    /// <summary>Reads all of what lies there, and proves it.</summary>
    /// <exception cref="EtcdSnapshotException">It is not a whole snapshot.</exception>
    Task<EtcdSnapshot> ProveAsync(EtcdSnapshot found, CancellationToken cancellationToken);

    /// <summary>Makes ready, and sees whether there is room.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Writes the copy, verifies it, and only then gives it its name.</summary>
    /// <param name="content">Its bytes. Their end is reached only when they were right.</param>
    /// <param name="length">How many they are; null when that is not known.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<EtcdSnapshot> ReceiveAsync(Stream content, long? length, CancellationToken cancellationToken);

    /// <summary>Why it failed, in our terms.</summary>
    Task<EtcdSnapshotException> ExplainAsync(Exception error);
}
