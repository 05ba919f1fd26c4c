using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>
/// A fast 64-bit hash for tables in memory. Its secret is drawn anew for each use, so nobody can write a snapshot whose keys fall together.
/// Two different runs of bytes have the same hash once in 2^64.
/// </summary>
internal sealed class KeyHash
{
    private readonly ulong _first;
    private readonly ulong _second;

    public KeyHash()
    {
        Span<byte> secret = stackalloc byte[16];
        RandomNumberGenerator.Fill(secret);
        _first = BinaryPrimitives.ReadUInt64LittleEndian(secret) | 1;
        _second = BinaryPrimitives.ReadUInt64LittleEndian(secret[8..]) | 1;
    }

    /// <summary>The hash of some bytes, or of <paramref name="bytes"/> behind those that gave <paramref name="state"/>.</summary>
    /// <remarks>In pieces it is the same only where every piece but the last is a multiple of 16 bytes.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ulong Compute(ReadOnlySpan<byte> bytes, ulong state = 0)
    {
        while (bytes.Length >= 16)
        {
            state = Fold(
                BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ _first ^ state,
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) ^ _second);
            bytes = bytes[16..];
        }

        Span<byte> last = stackalloc byte[16];
        last.Clear();
        bytes.CopyTo(last);
        return bytes.Length == 0
            ? state
            : Fold(
                BinaryPrimitives.ReadUInt64LittleEndian(last) ^ _first ^ state,
                BinaryPrimitives.ReadUInt64LittleEndian(last[8..]) ^ _second ^ ((ulong)bytes.Length << 56));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }
}
