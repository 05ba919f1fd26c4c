namespace RkeEtcdPs.Engine.Hosts;

/// <summary>A way to the Docker engine's socket of one host: the whole seam between SSH and Docker.</summary>
internal interface IDockerTransport : IAsyncDisposable
{
    /// <summary>What the way is, for the story that <c>-Verbose</c> tells.</summary>
    string Description { get; }

    /// <summary>Opens one more connection to the engine's socket. May be called from several threads at once.</summary>
    /// <exception cref="Errors.EtcdSnapshotException">The way is gone.</exception>
    /// <exception cref="IOException">The connection could not be opened.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The connection could not be opened.</exception>
    ValueTask<Stream> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Why connections fail, as far as the way to the host explains it; null when the way itself is sound.</summary>
    Task<Errors.EtcdSnapshotException?> FindFailureAsync();
}
