using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>One place that holds snapshots, logged in to: the folder of one host, a folder that this machine sees, a folder of a bucket.</summary>
internal interface ISnapshotStore : IAsyncDisposable
{
    /// <summary>How users know the place: <c>node1</c>, <c>/mnt/backup</c>, <c>s3://bucket/folder</c>.</summary>
    string Name { get; }

    /// <summary>Everything that lies there under names that match one of these wildcards, or all when there is none, as it is: unfinished, empty and foreign files too.</summary>
    /// <remarks>Costs one round trip, however many there are, or one for each thousand in a bucket; no file is read but for its ends.</remarks>
    IAsyncEnumerable<EtcdSnapshot> ListAsync(IReadOnlyList<string> names, CancellationToken cancellationToken);

    /// <summary>Opens the bytes of one file as it lies there, from the beginning. The stream says its <see cref="Stream.Length"/> and can be read once.</summary>
    Task<Stream> OpenAsync(EtcdSnapshot snapshot, CancellationToken cancellationToken);

    /// <summary>Opens the bytes that come after those of a copy that broke; null when what it has is not how the file begins.</summary>
    /// <remarks>A bucket cannot tell that of all of them without sending them: there both ends are compared, and what proves the whole is its hash.</remarks>
    Task<Stream?> OpenRestAsync(EtcdSnapshot snapshot, PartialCopy begun, CancellationToken cancellationToken);

    /// <summary>Removes exactly this file, which <see cref="ListAsync"/> gave, if it still is what it was then.</summary>
    Task RemoveAsync(EtcdSnapshot snapshot, CancellationToken cancellationToken);
}
