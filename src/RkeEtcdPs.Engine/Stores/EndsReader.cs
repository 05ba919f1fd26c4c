namespace RkeEtcdPs.Engine.Stores;

/// <summary>Reads what <c>head -v -c</c> or <c>tail -v -c</c> printed of a list of files, given the same list.</summary>
/// <remarks>
/// Before the bytes of a file comes <c>==&gt; ./NAME &lt;==</c>, and a line end in front of it but for the first. Names and contents are any bytes, so it
/// is read in the order of the list and by lengths. A file that went away or changed meanwhile gives no bytes.
/// </remarks>
internal sealed class EndsReader(byte[] printed, int length)
{
    private int _position;

    /// <summary>The bytes of the next file of the list; none when it was not printed.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="size">Its bytes when it was listed.</param>
    public ReadOnlyMemory<byte> Read(ReadOnlyMemory<byte> name, long size)
    {
        byte[] header = [.. "==> ./"u8, .. name.Span, .. " <==\n"u8];
        int start = Find(header);
        if (start < 0)
        {
            return default;
        }

        start += header.Length;
        int count = (int)Math.Min(length, size);
        if (count > printed.Length - start)
        {
            return default;
        }

        _position = start + count;
        return printed.AsMemory(start, count);
    }

    private int Find(ReadOnlySpan<byte> header)
    {
        ReadOnlySpan<byte> rest = printed.AsSpan(_position);
        int gap = rest is [(byte)'\n', ..] ? 1 : 0;
        if (rest[gap..].StartsWith(header))
        {
            return _position + gap;
        }

        // Something is not as it was listed: this file, and then its header is nowhere, or the one before it.
        int found = rest.IndexOf(header);
        return found < 0 ? found : _position + found;
    }
}
