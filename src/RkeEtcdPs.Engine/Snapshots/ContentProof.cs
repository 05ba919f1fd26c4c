using System.Security.Cryptography;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Reads snapshots from front to back to prove them.</summary>
internal static class ContentProof
{
    /// <summary>Reads all of a stream, which is closed.</summary>
    /// <param name="stream">A snapshot, packed or not.</param>
    /// <param name="isZip">True when it is packed.</param>
    /// <param name="place">Where it lies, for errors.</param>
    /// <param name="expected">The SHA-256 it must have; null for the one that etcd wrote in it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The SHA-256 of the database.</returns>
    public static async Task<string> RunAsync(Stream stream, bool isZip, string place, string? expected, CancellationToken cancellationToken)
        => isZip
            ? (await ReadZipAsync(stream, place, expected, cancellationToken).ConfigureAwait(false)).Hash
            : await ReadAsync(stream, place, expected, cancellationToken).ConfigureAwait(false);

    /// <summary>Reads all of a zip, which is closed.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public static async Task<ZipContent> ReadZipAsync(Stream stream, string place, string? expected, CancellationToken cancellationToken)
    {
        UnzippedStream database = new(stream, place);
        return new ZipContent(await ReadAsync(database, place, expected, cancellationToken).ConfigureAwait(false), database.State);
    }

    /// <summary>Reads a file back and compares every byte with what was written, by SHA-256.</summary>
    /// <returns>The SHA-256 of the database in it.</returns>
    /// <exception cref="SnapshotMismatchException">The disk gives back something else.</exception>
    public static async Task<string> ReadBackAsync(string path, CopyContent content, WrittenBack written, CancellationToken cancellationToken)
    {
        if (!content.IsZip)
        {
            return await RunAsync(Open(path), false, path, content.Source.ContentHash, cancellationToken).ConfigureAwait(false);
        }

        FileStream file = Open(path);
        await using (file.ConfigureAwait(false))
        {
            byte[] hash = await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false);
            if (file.Length != written.Length || !hash.AsSpan().SequenceEqual(written.Hash))
            {
                throw new SnapshotMismatchException(path, "the disk does not give back what was written to it");
            }
        }

        return await RunAsync(Open(path), true, path, content.Source.ContentHash, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<string> ReadAsync(Stream database, string place, string? expected, CancellationToken cancellationToken)
    {
        ProvingStream proving = new(database, place, expected);
        await using (proving.ConfigureAwait(false))
        {
            await ChunkedRead.RunAsync(proving, (_, _) => ValueTask.CompletedTask, cancellationToken).ConfigureAwait(false);
            return proving.ContentHash!;
        }
    }

    // Whoever has written it holds it open.
    private static FileStream Open(string path)
        => new(path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
}
