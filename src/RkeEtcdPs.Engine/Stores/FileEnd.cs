namespace RkeEtcdPs.Engine.Stores;

/// <summary>A file of which only the end is here; what comes before it cannot be read.</summary>
/// <param name="length">The bytes of the whole file.</param>
/// <param name="end">The last of them.</param>
internal sealed class FileEnd(long length, byte[] end) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => _position = value;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        long start = _position - (length - end.Length);
        if (start < 0)
        {
            throw new InvalidDataException("that part of it is not here");
        }

        int count = (int)Math.Clamp(end.Length - start, 0, buffer.Length);
        end.AsSpan((int)Math.Min(start, end.Length), count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override long Seek(long offset, SeekOrigin origin) => _position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
