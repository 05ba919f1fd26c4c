using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A snapshot that is read to be copied.</summary>
internal interface ICopySource : IAsyncDisposable
{
    /// <summary>What is known of it.</summary>
    EtcdSnapshot Snapshot { get; }

    /// <summary>Opens its bytes from the beginning; may be asked for again. The stream says its <see cref="Stream.Length"/>.</summary>
    Task<Stream> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Why opening or reading it failed, in our terms.</summary>
    Task<EtcdSnapshotException> ExplainAsync(Exception error);
}
