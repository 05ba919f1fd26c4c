using System.Security.Cryptography;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Reads a file once from front to back, hashing it on one thread while another looks at what has been read.</summary>
internal sealed class HashedRead(SnapshotBytes bytes, long length, IProgress<long>? progress)
{
    // A multiple of every page size, so that a page's header is never cut.
    private const int ChunkSize = 1 << 20;

    private readonly byte[][] _buffers = [new byte[Math.Min(ChunkSize, length)], new byte[Math.Min(ChunkSize, length)]];

    /// <summary>Reads it.</summary>
    /// <param name="look">Is given each chunk: the memory, its length, its place in the file.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The SHA-256.</returns>
    public async Task<byte[]> RunAsync(Action<byte[], int, long> look, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Task hashing = Task.CompletedTask;
        try
        {
            int turn = 0;
            for (long offset = 0; offset < length; turn ^= 1)
            {
                cancellationToken.ThrowIfCancellationRequested();
                byte[] buffer = _buffers[turn];
                int size = (int)Math.Min(ChunkSize, length - offset);
                if (bytes.Read(offset, buffer.AsSpan(0, size)) < size)
                {
                    throw new SnapshotCorruptException("the file became shorter while it was read", offset: offset);
                }

                await hashing.ConfigureAwait(false);
                hashing = Task.Run(() => hash.AppendData(buffer, 0, size), CancellationToken.None);
                look(buffer, size, offset);
                offset += size;
                progress?.Report(offset);
            }
        }
        finally
        {
            await hashing.ConfigureAwait(false);
        }

        return hash.GetHashAndReset();
    }
}
