using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>
/// CRC-32C, the hash of <c>etcdctl snapshot status</c>. Sums of pieces can be joined, so the pieces of a database may be summed in the order
/// of the file although the hash is defined in the order of the keys.
/// </summary>
internal static class Crc32C
{
    private const uint Polynomial = 0x82F63B78;

    // Powers[k] is x^(8 * 2^k) modulo the polynomial: what a sum is multiplied by when 2^k bytes follow it.
    private static readonly uint[] Powers = MakePowers();

    /// <summary>The sum of some bytes, or of <paramref name="bytes"/> behind those that gave <paramref name="sum"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Append(uint sum, ReadOnlySpan<byte> bytes)
    {
        uint state = ~sum;
        while (bytes.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte value in bytes)
        {
            state = BitOperations.Crc32C(state, value);
        }

        return ~state;
    }

    /// <summary>The sum of two runs of bytes from the sum of each.</summary>
    /// <param name="first">The sum of the first run.</param>
    /// <param name="second">The sum of the second.</param>
    /// <param name="secondLength">The bytes of the second.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Join(uint first, uint second, long secondLength)
    {
        for (int bit = 0; secondLength != 0; bit++, secondLength >>= 1)
        {
            if ((secondLength & 1) != 0)
            {
                first = Multiply(first, Powers[bit]);
            }
        }

        return first ^ second;
    }

    private static uint[] MakePowers()
    {
        uint[] powers = new uint[63];
        powers[0] = 1u << (31 - 8);
        for (int index = 1; index < powers.Length; index++)
        {
            powers[index] = Multiply(powers[index - 1], powers[index - 1]);
        }

        return powers;
    }

    /// <summary>Multiplies two polynomials modulo that of the CRC; the highest bit is the coefficient of x^0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static uint Multiply(uint left, uint right)
    {
        uint product = 0;
        while (left != 0)
        {
            product ^= right & (uint)((int)left >> 31);
            right = (right >> 1) ^ (Polynomial & (uint)-(int)(right & 1));
            left <<= 1;
        }

        return product;
    }
}
