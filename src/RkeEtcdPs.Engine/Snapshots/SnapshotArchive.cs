using System.Buffers.Binary;
using System.Formats.Tar;
using System.Text;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A tar archive of one file, as Docker takes it, made while it is read: the file's bytes are never all in memory.</summary>
internal sealed class SnapshotArchive : ForwardStream
{
    private const int Block = 512;
    private const int SizeField = 124;
    private const int ChecksumField = 148;
    private const long MostOctal = 0x1_FFFF_FFFF;

    private readonly byte[] _header;
    private readonly byte[] _end;
    private readonly Stream _content;
    private readonly long _length;
    private long _position;

    /// <param name="name">The name of the file in the archive.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="length">How many they are; when there are fewer or more, reading fails.</param>
    /// <param name="writtenAt">The time of the file.</param>
    public SnapshotArchive(string name, Stream content, long length, DateTime writtenAt)
    {
        _content = content;
        _length = length;
        _header = Header(name, length, writtenAt);
        _end = new byte[((Block - (length % Block)) % Block) + (2 * Block)];
    }

    /// <summary>Opens the one file of an archive; the stream says its length.</summary>
    /// <exception cref="IOException">There is no file in it.</exception>
    public static async Task<Stream> OpenFileAsync(Stream archive, CancellationToken cancellationToken)
    {
        try
        {
            TarReader reader = new(archive, leaveOpen: false);
            TarEntry? entry = await reader.GetNextEntryAsync(copyData: false, cancellationToken).ConfigureAwait(false);
            Stream data = entry?.DataStream ?? throw new IOException("the source sent no file");
            return new SizedStream(data, entry.Length, archive);
        }
        catch
        {
            await archive.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        int read = _position < _header.Length ? Take(_header, _position, buffer)
            : _position < _header.Length + _length ? await ReadContentAsync(buffer, cancellationToken).ConfigureAwait(false)
            : await EndAsync(buffer, cancellationToken).ConfigureAwait(false);
        _position += read;
        return read;
    }

    private async Task<int> ReadContentAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int wanted = (int)Math.Min(buffer.Length, _header.Length + _length - _position);
        int read = await _content.ReadAsync(buffer[..wanted], cancellationToken).ConfigureAwait(false);
        return read > 0 ? read : throw new EndOfStreamException("the source ended early");
    }

    private async Task<int> EndAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        long position = _position - _header.Length - _length;
        // Only the end of the content says that all of it was right; before that the archive must not end.
        if (position == 0 && await _content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) > 0)
        {
            throw new IOException("the source is longer than it said");
        }

        return Take(_end, position, buffer);
    }

    private static int Take(byte[] from, long position, Memory<byte> into)
    {
        int count = (int)Math.Min(into.Length, from.Length - position);
        from.AsMemory((int)position, count).CopyTo(into);
        return count;
    }

    /// <summary>What the platform's writer puts before an empty file of that name, with the length in place of its zero.</summary>
    private static byte[] Header(string name, long length, DateTime writtenAt)
    {
        using MemoryStream archive = new();
        using (TarWriter writer = new(archive, TarEntryFormat.Gnu, leaveOpen: true))
        {
            writer.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, name)
            {
                Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                ModificationTime = new DateTimeOffset(writtenAt, TimeSpan.Zero),
            });
        }

        byte[] header = archive.ToArray()[..^(2 * Block)];
        Span<byte> last = header.AsSpan(header.Length - Block);
        WriteLength(last.Slice(SizeField, 12), length);
        last.Slice(ChecksumField, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte value in last)
        {
            sum += value;
        }

        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(last[ChecksumField..]);
        return header;
    }

    private static void WriteLength(Span<byte> field, long length)
    {
        field.Clear();
        if (length <= MostOctal)
        {
            Encoding.ASCII.GetBytes(Convert.ToString(length, 8).PadLeft(11, '0')).CopyTo(field);
            return;
        }

        field[0] = 0x80;
        BinaryPrimitives.WriteInt64BigEndian(field[4..], length);
    }
}
