using System.Security.Cryptography;
using RkeEtcdPs.Engine.SnapshotFile;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>The bytes of a snapshot as they go by, hashed beside the reading. Its end is reached only when they are what etcd wrote.</summary>
/// <param name="inner">The snapshot, not packed.</param>
/// <param name="place">Where it comes from, for errors.</param>
/// <param name="expected">The SHA-256 it had when it was looked at; null when nobody has.</param>
internal sealed class ProvingStream(Stream inner, string place, string? expected) : ForwardStream
{
    private const int TrailerSize = 32;
    private const int Sector = 512;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _last = new byte[2 * TrailerSize];
    private int _lastSize;
    private long _total;
    private Task _hashing = Task.CompletedTask;

    /// <summary>The SHA-256, once the end was reached; null before.</summary>
    public string? ContentHash { get; private set; }

    /// <summary>The bytes so far.</summary>
    public long Total => _total;

    /// <remarks>The buffer is looked at until the next read returns: whoever reads changes it with another one.</remarks>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        await _hashing.ConfigureAwait(false);
        if (read > 0)
        {
            _total += read;
            _hashing = Task.Run(() => Append(buffer.Span[..read]), CancellationToken.None);
        }
        else if (!buffer.IsEmpty && ContentHash is null)
        {
            ContentHash = Conclude();
        }

        return read;
    }

    public override async ValueTask DisposeAsync()
    {
        await _hashing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _hash.Dispose();
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    // The last 32 bytes are not hashed, and which are the last is known only at the end.
    private void Append(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length >= TrailerSize)
        {
            _hash.AppendData(_last, 0, _lastSize);
            _hash.AppendData(chunk[..^TrailerSize]);
            chunk[^TrailerSize..].CopyTo(_last);
            _lastSize = TrailerSize;
            return;
        }

        chunk.CopyTo(_last.AsSpan(_lastSize));
        _lastSize += chunk.Length;
        if (_lastSize > TrailerSize)
        {
            int surplus = _lastSize - TrailerSize;
            _hash.AppendData(_last, 0, surplus);
            _last.AsSpan(surplus, TrailerSize).CopyTo(_last);
            _lastSize = TrailerSize;
        }
    }

    private string Conclude()
    {
        if (_total % Sector != TrailerSize)
        {
            throw new SnapshotCorruptException($"a snapshot of {_total} bytes cannot be whole").In(place);
        }

        string computed = Convert.ToHexString(_hash.GetHashAndReset()).ToLowerInvariant();
        string written = Convert.ToHexString(_last.AsSpan(0, TrailerSize)).ToLowerInvariant();
        return computed != written ? throw new SnapshotCorruptException($"its bytes hash to {computed} but etcd wrote {written}").In(place)
            : expected is not null && computed != expected ? throw new SnapshotMismatchException(place, $"its bytes hash to {computed} and not to {expected} any more")
            : computed;
    }
}
