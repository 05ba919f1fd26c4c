namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Reads a stream to its end in large chunks, each while the one before is still being taken.</summary>
internal static class ChunkedRead
{
    /// <summary>The bytes of every chunk but the last.</summary>
    public const int ChunkSize = 1024 * 1024;

    /// <summary>Reads it.</summary>
    /// <param name="from">The stream. It may look at a buffer until the read after the next begins: two of them take turns.</param>
    /// <param name="take">Is given each chunk, one after the other; the memory is its own until it is done.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task RunAsync(Stream from, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> take, CancellationToken cancellationToken)
    {
        byte[][] buffers = [new byte[ChunkSize], new byte[ChunkSize]];
        Task taking = Task.CompletedTask;
        try
        {
            for (int turn = 0; ; turn ^= 1)
            {
                int size = await from.ReadAtLeastAsync(buffers[turn], ChunkSize, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                await taking.ConfigureAwait(false);
                if (size == 0)
                {
                    return;
                }

                taking = take(buffers[turn].AsMemory(0, size), cancellationToken).AsTask();
            }
        }
        finally
        {
            await taking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
