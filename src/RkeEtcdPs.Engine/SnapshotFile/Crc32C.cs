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

    private const uint One = 1u << 31;

    // Shifts[d][n] is x^(8 * n * 256^d) modulo the polynomial: what a sum is multiplied by for the digit n of the number of bytes that follow it.
    private static readonly uint[][] Shifts = MakeShifts();

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
        for (int digit = 0; secondLength != 0; digit++, secondLength >>= 8)
        {
            first = Multiply(first, Shifts[digit][secondLength & 0xFF]);
        }

        return first ^ second;
    }

    private static uint[][] MakeShifts()
    {
        uint[][] shifts = new uint[sizeof(long)][];
        uint step = One >> 8;
        for (int digit = 0; digit < shifts.Length; digit++)
        {
            shifts[digit] = new uint[256];
            shifts[digit][0] = One;
            for (int number = 1; number < 256; number++)
            {
                shifts[digit][number] = Multiply(shifts[digit][number - 1], step);
            }

            step = Multiply(shifts[digit][255], step);
        }

        return shifts;
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
