namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>The 32 bytes that etcd appends to a snapshot it sends: the SHA-256 of all bytes before. Pages are multiples of 512 bytes, so a length tells whether it is there.</summary>
/// <param name="ContentLength">The bytes before the trailer.</param>
/// <param name="Hash">The hash in lower-case hexadecimal; null when there is no trailer.</param>
internal sealed record SnapshotTrailer(long ContentLength, string? Hash)
{
    private const int Size = 32;
    private const int Sector = 512;

    /// <summary>Reads the trailer of a file.</summary>
    public static SnapshotTrailer Read(SnapshotBytes bytes)
    {
        if (bytes.Length % Sector != Size)
        {
            return new SnapshotTrailer(bytes.Length, null);
        }

        Span<byte> hash = stackalloc byte[Size];
        long length = bytes.Length - Size;
        return bytes.Read(length, hash) == Size
            ? new SnapshotTrailer(length, Convert.ToHexString(hash).ToLowerInvariant())
            : throw new SnapshotCorruptException("the file became shorter while it was read", offset: length);
    }
}
