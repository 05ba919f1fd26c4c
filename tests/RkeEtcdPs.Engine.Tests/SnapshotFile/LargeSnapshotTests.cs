using System.Buffers.Binary;
using RkeEtcdPs.Engine.SnapshotFile;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.SnapshotFile;

[Collection(nameof(MutatedSnapshotTests))]
public sealed class LargeSnapshotTests
{
    private const long Size = 5L << 30;

    [Fact]
    public async Task A_file_beyond_four_gigabytes_is_read_with_little_memory()
    {
        string path = Path.GetTempFileName();
        try
        {
            WriteSparse(path);
            long before = GC.GetTotalAllocatedBytes();

            SnapshotCheck check = await SnapshotReader.CheckAsync(path);

            Assert.Empty(check.Faults);
            Assert.Equal((SnapshotIntegrity.Unknown, Size, 20L), (check.Integrity, check.Status!.TotalSize, check.Status.LiveKeyCount));
            using SnapshotReader reader = SnapshotReader.Open(path);
            Assert.Equal(20, reader.ReadContent().Count());
            Assert.Equal("19", System.Text.Encoding.ASCII.GetString(reader.ReadValue(reader.ReadContent().Last()).Bytes.Span));
            Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 20_000_000);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A database whose keys are on its very last page, with free pages and nothing on the disk between.</summary>
    private static void WriteSparse(string path)
    {
        EtcdFile keys = new EtcdFile(new BoltFile { Inline = false, Sealed = false }).WithBuckets();
        for (int key = 0; key < 20; key++)
        {
            keys.Put($"key-{key:d2}", $"{key}");
        }

        byte[] file = keys.Build();
        long far = (Size / 4096) - 1;
        int root = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(32)) * 4096;
        int name = root + file.AsSpan(root).IndexOf("key"u8);
        int near = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(name + 3)) * 4096;
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(name + 3), far);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(near), far);
        foreach (int meta in (int[])[0, 4096])
        {
            BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(meta + 56), far + 1);
            BoltFile.SealMeta(file.AsSpan(meta, 4096));
        }

        using FileStream stream = File.Create(path);
        stream.SetLength(Size);
        stream.Write(file);
        stream.Position = far * 4096;
        stream.Write(file, near, 4096);
    }
}
