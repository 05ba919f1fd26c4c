namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A zip as it goes by, which remembers its last bytes.</summary>
internal sealed class ZipBytes(Stream inner) : ForwardStream
{
    // Room for a directory of a few members, and for the longest comment behind it.
    private const int Remembered = 128 * 1024;

    private readonly byte[] _last = new byte[2 * Remembered];
    private int _lastSize;

    /// <summary>True to give one byte a read.</summary>
    public bool OneByOne { get; set; }

    /// <summary>The bytes so far.</summary>
    public long Total { get; private set; }

    /// <summary>What the end says, once it was reached.</summary>
    public ZipEnd End => new(Total, _last[..Math.Min(_lastSize, _last.Length)]);

    /// <summary>True when the last bytes hold the end of a zip's directory.</summary>
    public bool EndsInDirectory => _last.AsSpan(0, _lastSize).LastIndexOf("PK\u0005\u0006"u8) is >= 0 and var at && _lastSize - at >= 22;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await inner.ReadAsync(OneByOne && buffer.Length > 1 ? buffer[..1] : buffer, cancellationToken).ConfigureAwait(false);
        Total += read;
        Remember(buffer.Span[..read]);
        return read;
    }

    /// <summary>Reads what is left.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[64 * 1024];
        while (await ReadAsync(buffer, cancellationToken).ConfigureAwait(false) > 0)
        {
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private void Remember(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length >= Remembered)
        {
            chunk[^Remembered..].CopyTo(_last);
            _lastSize = Remembered;
            return;
        }

        if (_lastSize + chunk.Length > _last.Length)
        {
            _last.AsSpan(_lastSize - Remembered, Remembered).CopyTo(_last);
            _lastSize = Remembered;
        }

        chunk.CopyTo(_last.AsSpan(_lastSize));
        _lastSize += chunk.Length;
    }
}
