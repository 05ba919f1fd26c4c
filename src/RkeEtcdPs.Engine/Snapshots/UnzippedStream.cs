using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using RkeEtcdPs.Engine.SnapshotFile;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>The database in the zip that RKE makes of a snapshot, unpacked while the zip goes by: neither is ever whole in memory or on a disk.</summary>
/// <remarks>
/// A zip written in one go, as RKE's, says the sizes of a member only after it. So members are followed from their local headers. The table at
/// the end, which a stream reaches last, must then say the same: the end of this stream is reached only when it does.
/// </remarks>
internal sealed class UnzippedStream(Stream zip, string place) : ForwardStream
{
    private const uint MemberSignature = 0x04034b50;
    private const uint DescriptorSignature = 0x08074b50;
    private const int HeaderSize = 30;
    private const ushort SizesFollow = 8;
    private const ushort Stored = 0;
    private const ushort Deflated = 8;

    private readonly ZipBytes _zip = new(zip);
    private Stream? _database;
    private long _unpacked;
    private bool _ended;

    /// <summary>What lies beside the database, once the end was reached; null when nothing does.</summary>
    public string? State { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended || buffer.IsEmpty)
        {
            return 0;
        }

        try
        {
            _database ??= await FindAsync(cancellationToken).ConfigureAwait(false);
            int read = await _database.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                _ended = true;
                await _zip.DrainAsync(cancellationToken).ConfigureAwait(false);
                if (!_zip.EndsInDirectory)
                {
                    throw new InvalidDataException("it breaks off before its end");
                }

                await using ZipEnd end = _zip.End;
                State = end.Confirm(_unpacked);
            }

            _unpacked += read;
            return read;
        }
        catch (SnapshotCorruptException fault)
        {
            throw fault.In(place);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new SnapshotCorruptException($"the zip around it cannot be unpacked ({error.Message.TrimEnd('.')})", inner: error).In(place);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _zip.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<Stream> FindAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            byte[] header = new byte[HeaderSize];
            await _zip.ReadExactlyAsync(header, cancellationToken).ConfigureAwait(false);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header) != MemberSignature)
            {
                throw new InvalidDataException("the zip holds no snapshot");
            }

            ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(6));
            ushort method = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(8));
            long packed = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(18));
            byte[] name = new byte[BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(26))];
            byte[] extra = new byte[BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28))];
            await _zip.ReadExactlyAsync(name, cancellationToken).ConfigureAwait(false);
            await _zip.ReadExactlyAsync(extra, cancellationToken).ConfigureAwait(false);
            bool sizesFollow = (flags & SizesFollow) != 0;
            if (method is not (Stored or Deflated) || (flags & 1) != 0 || (method == Stored && sizesFollow) || (packed == uint.MaxValue && method == Stored))
            {
                throw new InvalidDataException("it is packed in a way that RKE does not use");
            }

            string member = Encoding.UTF8.GetString(name);
            bool isDatabase = !member.EndsWith('/') && !member.EndsWith(".rkestate", StringComparison.OrdinalIgnoreCase);
            if (isDatabase)
            {
                return method == Deflated ? new DeflateStream(_zip, CompressionMode.Decompress, leaveOpen: true) : new LimitedStream(_zip, packed);
            }

            await SkipAsync(method, sizesFollow, packed, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task SkipAsync(ushort method, bool sizesFollow, long packed, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[4096];
        if (!sizesFollow || method == Stored)
        {
            for (long left = packed; left > 0;)
            {
                int size = (int)Math.Min(left, buffer.Length);
                await _zip.ReadExactlyAsync(buffer.AsMemory(0, size), cancellationToken).ConfigureAwait(false);
                left -= size;
            }

            return;
        }

        // Byte by byte, so that unpacking takes none that belongs to the next member. The state of a cluster is small.
        _zip.OneByOne = true;
        DeflateStream member = new(_zip, CompressionMode.Decompress, leaveOpen: true);
        await using (member.ConfigureAwait(false))
        {
            while (await member.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) > 0)
            {
            }
        }

        _zip.OneByOne = false;
        byte[] descriptor = new byte[12];
        await _zip.ReadExactlyAsync(descriptor, cancellationToken).ConfigureAwait(false);
        if (BinaryPrimitives.ReadUInt32LittleEndian(descriptor) == DescriptorSignature)
        {
            await _zip.ReadExactlyAsync(descriptor.AsMemory(0, 4), cancellationToken).ConfigureAwait(false);
        }
    }
}
