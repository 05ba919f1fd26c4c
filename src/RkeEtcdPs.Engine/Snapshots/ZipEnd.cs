using System.IO.Compression;
using RkeEtcdPs.Engine.SnapshotFile;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>The end of a zip that went by, as a stream of the whole of which no more than that can be read: enough for its directory.</summary>
/// <param name="length">The length of the whole.</param>
/// <param name="last">Its last bytes.</param>
internal sealed class ZipEnd(long length, byte[] last) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get => _position; set => _position = value; }

    /// <summary>Checks that its directory says what came out of it: one snapshot, of so many bytes.</summary>
    /// <exception cref="SnapshotCorruptException">It holds none, or several.</exception>
    /// <exception cref="InvalidDataException">It has no directory, or says another size.</exception>
    /// <returns>What lies beside it.</returns>
    public string? Confirm(long unpacked)
    {
        using ZipArchive archive = new(this, ZipArchiveMode.Read, leaveOpen: true);
        ZipArchiveEntry snapshot = PackedSnapshot.FindDatabase(archive);
        if (snapshot.Length != unpacked)
        {
            throw new InvalidDataException($"{unpacked} bytes came out of it, and its directory says {snapshot.Length}");
        }

        return PackedSnapshot.DescribeState(archive);
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        long from = _position - (length - last.Length);
        if (from < 0)
        {
            throw new InvalidDataException("its directory is larger than that of a snapshot");
        }

        int read = (int)Math.Min(count, Math.Max(0, last.Length - from));
        last.AsSpan((int)from, read).CopyTo(buffer.AsSpan(offset));
        _position += read;
        return read;
    }

    public override long Seek(long offset, SeekOrigin origin) => _position = offset + (origin switch { SeekOrigin.Begin => 0, SeekOrigin.Current => _position, _ => length });

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
