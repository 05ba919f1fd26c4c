using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>A file that was written from a stream and is on the disk.</summary>
/// <param name="Length">Its bytes.</param>
/// <param name="Hash">The SHA-256 of all bytes that were written, where it was asked for.</param>
internal sealed record WrittenBack(long Length, byte[] Hash)
{
    // The disk works while the network does, so that little is left to flush at the end.
    private const long FlushEvery = 32 * 1024 * 1024;

    /// <summary>Writes a file and flushes it to the disk.</summary>
    /// <param name="file">The file; what is there is written over.</param>
    /// <param name="begun">The bytes at its beginning that may be there already: what is the same is not written again; 0 to begin anew.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="hashed">Whether the hash of all of it is needed.</param>
    /// <param name="stallLimit">How long the disk may take nothing.</param>
    /// <param name="place">The folder, for errors.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<WrittenBack> WriteAsync(SafeFileHandle file, long begun, Stream content, bool hashed, TimeSpan stallLimit, string place, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using CancellationTokenSource stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task flushing = Task.CompletedTask;
        long length = 0;
        long flushed = 0;
        try
        {
            await ChunkedRead.RunAsync(
                content,
                async (chunk, token) =>
                {
                    stall.CancelAfter(stallLimit);
                    Task hashing = !hashed ? Task.CompletedTask : Task.Run(() => hash.AppendData(chunk.Span), CancellationToken.None);
                    try
                    {
                        if (length >= begun || !await IsThereAsync(file, chunk, length, token).ConfigureAwait(false))
                        {
                            await RandomAccess.WriteAsync(file, chunk, length, token).ConfigureAwait(false);
                        }
                    }
                    finally
                    {
                        await hashing.ConfigureAwait(false);
                    }

                    length += chunk.Length;
                    if (length - flushed >= FlushEvery && flushing.IsCompleted)
                    {
                        await flushing.ConfigureAwait(false);
                        flushed = length;
                        flushing = Task.Run(() => RandomAccess.FlushToDisk(file), CancellationToken.None);
                    }

                    // From here on it is the source that is waited for.
                    stall.CancelAfter(Timeout.InfiniteTimeSpan);
                },
                stall.Token).ConfigureAwait(false);
            await flushing.ConfigureAwait(false);
            RandomAccess.SetLength(file, length);
            await Task.Run(() => RandomAccess.FlushToDisk(file), CancellationToken.None).ConfigureAwait(false);
            return new WrittenBack(length, hash.GetHashAndReset());
        }
        catch (OperationCanceledException) when (stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimedOutException(place, stallLimit, "It made no progress. Check the disk or share, the network and the source.");
        }
        finally
        {
            await flushing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<bool> IsThereAsync(SafeFileHandle file, ReadOnlyMemory<byte> chunk, long at, CancellationToken cancellationToken)
    {
        byte[] there = new byte[chunk.Length];
        int size = 0;
        while (size < there.Length && await RandomAccess.ReadAsync(file, there.AsMemory(size), at + size, cancellationToken).ConfigureAwait(false) is > 0 and var read)
        {
            size += read;
        }

        return size == there.Length && there.AsSpan().SequenceEqual(chunk.Span);
    }
}
