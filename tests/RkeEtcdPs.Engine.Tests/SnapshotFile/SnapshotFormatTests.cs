using System.Text;
using RkeEtcdPs.Engine.SnapshotFile;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.SnapshotFile;

public sealed class SnapshotFormatTests
{
    [Theory]
    [InlineData(1024)]
    [InlineData(4096)]
    [InlineData(8192)]
    [InlineData(16384)]
    [InlineData(65536)]
    public async Task Every_page_size_is_read(int pageSize)
    {
        using SnapshotReader reader = Open(Sample(new BoltFile { PageSize = pageSize }, 500).Build());

        SnapshotCheck check = await reader.CheckAsync();

        Assert.Empty(check.Faults);
        Assert.Equal(SnapshotIntegrity.Sound, check.Integrity);
        Assert.Equal(pageSize, check.PageSize);
        Assert.Equal(500, check.Status!.LiveKeyCount);
        Assert.Equal(500, reader.ReadContent().Count());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5000)]
    [InlineData(65534)]
    [InlineData(65535)]
    [InlineData(70000)]
    public async Task A_freelist_of_any_length_is_read_stored_or_not(int freePages)
    {
        using SnapshotReader reader = Open(Sample(new BoltFile { PageSize = 1024, FreePages = freePages }, 30).Build());

        SnapshotCheck check = await reader.CheckAsync();

        Assert.Empty(check.Faults);
        Assert.Equal(check.Status!.TotalSize / 1024, check.PagesInUse + Math.Max(0, freePages));
    }

    [Fact]
    public async Task A_page_that_is_neither_used_nor_free_is_found()
    {
        byte[] file = Sample(new BoltFile { FreePages = 3 }, 30).Build();
        int freelist = file.Length - 32 - 4096;
        file[freelist + 10] = 2;

        SnapshotCheck check = await Check(BoltFile.Seal(file[..^32]));

        SnapshotCorruptException fault = Assert.Single(check.Faults);
        Assert.Contains("neither in use nor listed as free", fault.Message, StringComparison.Ordinal);
        Assert.NotNull(fault.Page);
        Assert.NotNull(fault.Offset);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Inline_buckets_count_like_others(bool inline)
    {
        EtcdFile file = new EtcdFile(new BoltFile { Inline = inline }).WithBuckets().Put("a", "1").Put("b", "2").Delete("a");

        SnapshotCheck check = await Check(file.Build());

        Assert.Empty(check.Faults);
        Assert.Equal((4L, 1L, 4L), (check.Status!.EntryCount, check.Status.LiveKeyCount, check.Status.Revision));
        Assert.Equal((42UL, 2L, 4L), (check.Cluster!.ConsistentIndex!.Value, check.OldestRevision!.Value, check.NewestRevision!.Value));
    }

    [Fact]
    public async Task The_hash_is_that_of_names_keys_and_values_in_order()
    {
        byte[] inline = new EtcdFile().WithBuckets().Put("a", "1").Build();
        byte[] paged = new EtcdFile(new BoltFile { Inline = false, PageSize = 16384 }).WithBuckets().Put("a", "1").Build();

        Assert.Equal((await Check(inline)).Status!.Hash, (await Check(paged)).Status!.Hash);
    }

    [Fact]
    public async Task One_broken_meta_page_is_told_and_survived()
    {
        byte[] file = new EtcdFile().WithBuckets().Put("a", "1").Build();
        file[20] ^= 1;

        SnapshotCheck check = await Check(BoltFile.Seal(file[..^32]));

        Assert.Equal((SnapshotIntegrity.Sound, 1), (check.Integrity, check.ValidMetaPages));
    }

    [Fact]
    public async Task A_file_without_a_hash_is_not_called_sound()
    {
        SnapshotCheck check = await Check(new EtcdFile(new BoltFile { Sealed = false }).WithBuckets().Put("a", "1").Build());

        Assert.Equal(SnapshotIntegrity.Unknown, check.Integrity);
        Assert.Null(check.ContentHash);
        Assert.Empty(check.Faults);
    }

    [Fact]
    public async Task A_value_larger_than_what_is_held_in_memory_is_read_whole()
    {
        byte[] value = new byte[9_000_001];
        new Random(3).NextBytes(value);
        using SnapshotReader reader = Open(new EtcdFile().WithBuckets().Put("big", value, lease: 77).Put("small", "s").Build());

        SnapshotObject big = reader.ReadContent().First();

        Assert.Equal((value.Length, 77L), (big.Size, big.Lease));
        Assert.True(reader.ReadValue(big).Bytes.Span.SequenceEqual(value));
        SnapshotCheck check = await reader.CheckAsync();
        Assert.Empty(check.Faults);
        Assert.Equal(2, check.Status!.LiveKeyCount);
        Assert.Empty(reader.CompareTo(reader));
    }

    [Fact]
    public async Task A_bumped_restore_is_sound_and_its_nameless_entry_no_object()
    {
        byte[] file = new EtcdFile().WithBuckets().Put("a", "1").Bump(1_000_000).Build();
        using SnapshotReader reader = Open(file);

        SnapshotCheck check = await reader.CheckAsync();

        Assert.Empty(check.Faults);
        Assert.Equal((1_000_002L, 1_000_002L), (check.Status!.Revision, check.Cluster!.CompactedRevision!.Value));
        Assert.Equal("a", Assert.Single(reader.ReadContent()).Key);
        Assert.Throws<RevisionUnavailableException>(() => reader.ReadContent(new ContentFilter { AtRevision = 2 }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(79)]
    [InlineData(4096)]
    [InlineData(100_000)]
    public async Task Bytes_that_are_no_database_give_a_result(int length)
    {
        string path = Path.GetTempFileName();
        try
        {
            byte[] bytes = new byte[length];
            new Random(length).NextBytes(bytes);
            await File.WriteAllBytesAsync(path, bytes);

            SnapshotCheck check = await SnapshotReader.CheckAsync(path);

            Assert.Equal(SnapshotIntegrity.Corrupt, check.Integrity);
            Assert.Single(check.Faults);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_cut_file_says_that_its_end_is_missing()
    {
        byte[] file = Sample(new BoltFile(), 100).Build();

        SnapshotCorruptException fault = Assert.Throws<SnapshotCorruptException>(() => Open(file[..(file.Length / 2)]));

        Assert.Contains("end is missing", fault.Message, StringComparison.Ordinal);
        Assert.Equal("SnapshotCorrupt", fault.Id);
    }

    [Fact]
    public async Task A_check_can_be_cancelled_and_tells_how_far_it_is()
    {
        using SnapshotReader reader = Open(Sample(new BoltFile { PageSize = 1024, FreePages = 4000 }, 1000).Build());
        using CancellationTokenSource source = new();
        List<long> told = [];

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.CheckAsync(
            new ByteCount(done =>
            {
                told.Add(done);
                source.Cancel();
            }),
            source.Token));

        Assert.Equal(1 << 20, Assert.Single(told));
    }

    internal static SnapshotReader Open(byte[] file) => SnapshotReader.Open(new MemoryStream(file), leaveOpen: false);

    internal static async Task<SnapshotCheck> Check(byte[] file)
    {
        using SnapshotReader reader = Open(file);
        return await reader.CheckAsync();
    }

    internal static EtcdFile Sample(BoltFile bolt, int keys)
    {
        EtcdFile file = new EtcdFile(bolt).WithBuckets();
        for (int key = 0; key < keys; key++)
        {
            file.Put($"/registry/configmaps/ns-{key % 7}/cm-{key:d5}", Encoding.ASCII.GetBytes(new string('v', key % 300)));
        }

        return file;
    }
}
