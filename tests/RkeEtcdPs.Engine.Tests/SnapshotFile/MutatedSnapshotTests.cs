using System.Buffers.Binary;
using System.Diagnostics;
using RkeEtcdPs.Engine.SnapshotFile;
using Xunit;
using Xunit.Abstractions;

namespace RkeEtcdPs.Engine.Tests.SnapshotFile;

/// <summary>Damaged files. Alone in their collection, because they measure what the process allocates.</summary>
[Collection(nameof(MutatedSnapshotTests))]
[CollectionDefinition(nameof(MutatedSnapshotTests), DisableParallelization = true)]
public sealed class MutatedSnapshotTests(ITestOutputHelper output)
{
    private const int MutationCount = 20_000;
    private const int FlipCount = 2_000;
    private const long MemoryLimit = 64 << 20;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Every_flipped_bit_is_found()
    {
        byte[] file = Base();
        Random random = new(20);
        for (int flip = 0; flip < FlipCount; flip++)
        {
            int bit = random.Next(file.Length * 8);
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(await IsSound(file), $"bit {bit}");
            file[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.True(await IsSound(file));
    }

    [Fact]
    public async Task Twenty_thousand_damaged_files_neither_pass_nor_break_the_reader()
    {
        byte[] original = Base();
        byte[] other = SnapshotFormatTests.Sample(new BoltFile { PageSize = 1024, FreePages = 9 }, 130).Build();
        Random random = new(4);
        int found = 0;
        int resealed = 0;
        for (int round = 0; round < MutationCount; round++)
        {
            byte[] file = Mutate(original, other, random);
            if (file.AsSpan().SequenceEqual(original))
            {
                continue;
            }

            Stopwatch watch = Stopwatch.StartNew();
            long allocated = GC.GetTotalAllocatedBytes();
            Assert.False(await IsSound(file), $"round {round}");

            // Sealed anew, the hash no longer helps: the structure has to speak, or it is another database that is sound in itself.
            if (file.Length > 32 && file.Length % 512 == 32)
            {
                resealed++;
                found += await IsSound(BoltFile.Seal(file[..^32])) ? 0 : 1;
                Survive(BoltFile.Seal(file[..^32]));
            }

            Assert.True(watch.Elapsed < TimeLimit, $"round {round}: {watch.Elapsed}");
            Assert.True(GC.GetTotalAllocatedBytes() - allocated < MemoryLimit, $"round {round}");
        }

        output.WriteLine($"{resealed} sealed anew, of which the structure alone told {found}");
        Assert.True(found > resealed / 2);
    }

    private static byte[] Base() => SnapshotFormatTests.Sample(new BoltFile { PageSize = 1024, FreePages = 5 }, 150).Build();

    private static async Task<bool> IsSound(byte[] file)
    {
        try
        {
            return (await SnapshotFormatTests.Check(file)).Integrity == SnapshotIntegrity.Sound;
        }
        catch (SnapshotCorruptException)
        {
            return false;
        }
    }

    private static void Survive(byte[] file)
    {
        try
        {
            using SnapshotReader reader = SnapshotFormatTests.Open(file);
            foreach (SnapshotObject item in reader.ReadContent())
            {
                _ = reader.ReadValue(item).ReadData("x");
            }

            foreach (SnapshotObject item in reader.ReadNewestFirst())
            {
                _ = reader.WithValue(item, raw: true, decoded: true);
            }
        }
        catch (SnapshotCorruptException)
        {
            // What it should come to.
        }
    }

    private static byte[] Mutate(byte[] original, byte[] other, Random random)
    {
        byte[] file = [.. original];
        int pages = (file.Length - 32) / 1024;
        for (int change = random.Next(1, 4); change > 0; change--)
        {
            int page = random.Next(pages) * 1024;
            switch (random.Next(8))
            {
                case 0:
                    file[random.Next(file.Length)] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    return file[..random.Next(file.Length)];
                case 2:
                    other.AsSpan(random.Next((other.Length - 32) / 1024) * 1024, 1024).CopyTo(file.AsSpan(page));
                    break;
                case 3:
                    file.AsSpan(random.Next(pages) * 1024, 1024).CopyTo(file.AsSpan(page));
                    BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(page), page / 1024);
                    break;
                case 4:
                    // A field of the header or of an element, made absurd.
                    BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(page + (4 * random.Next(30))), Absurd(random));
                    break;
                case 5:
                    // A reference to another page: in a branch element, or anywhere.
                    BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(page + 24 + (16 * random.Next(15))), random.Next(pages));
                    break;
                case 6:
                    BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan((random.Next(2) * 1024) + (8 * random.Next(2, 9))), random.Next(pages + 2));
                    SealMetas(file);
                    break;
                default:
                    BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan((random.Next(2) * 1024) + 16 + (4 * random.Next(14))), Absurd(random));
                    SealMetas(file);
                    break;
            }
        }

        return file;
    }

    private static void SealMetas(byte[] file)
    {
        BoltFile.SealMeta(file.AsSpan(0, 1024));
        BoltFile.SealMeta(file.AsSpan(1024, 1024));
    }

    private static uint Absurd(Random random) => random.Next(4) switch
    {
        0 => uint.MaxValue,
        1 => int.MaxValue,
        2 => 1u << random.Next(32),
        _ => (uint)random.Next(5000),
    };
}
