using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.SnapshotFile;

/// <summary>Files that were made to mislead, each of which did once; and the sound ones that look nearly so.</summary>
public sealed class HostileSnapshotTests
{
    private const int Resident = 4 << 20;

    [Theory]
    [InlineData(-40)]
    [InlineData(-26)]
    [InlineData(-25)]
    [InlineData(-24)]
    [InlineData(-20)]
    [InlineData(-19)]
    [InlineData(-18)]
    [InlineData(-17)]
    [InlineData(-16)]
    [InlineData(-10)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Value_about_as_large_as_what_is_held_in_memory_keeps_its_lease(int difference)
    {
        byte[] value = new byte[Resident + difference];
        value[^1] = 7;
        using SnapshotReader reader = Open(new EtcdFile().WithBuckets().Put("k", value, lease: 0x7FFF_FFFF_FFFF).Build());

        SnapshotCheck check = await reader.CheckAsync();
        SnapshotObject item = Assert.Single(reader.ReadContent());

        Assert.Empty(check.Faults);
        Assert.Equal((0x7FFF_FFFF_FFFFL, (long)value.Length), (item.Lease, item.Size));
        Assert.Equal(7, reader.ReadValue(item).Bytes.Span[^1]);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Field_in_a_form_that_etcd_refuses_is_a_fault(int field)
    {
        EtcdFile file = new EtcdFile().WithBuckets().Put("k", "v");
        file.Bolt["key"][EtcdFile.RevisionKey(file.Revision)] =
        [
            .. Proto.Text(1, "k"), .. Proto.Number(2, 2), .. Proto.Number(3, 2), .. field == 4 ? Proto.Text(4, "1") : Proto.Number(4, 1), .. field == 5 ? Proto.Number(5, 1) : Proto.Text(5, "v"),
        ];
        using SnapshotReader reader = Open(file.Build());

        Assert.NotEmpty((await reader.CheckAsync()).Faults);
        Assert.Throws<SnapshotCorruptException>(() => reader.ReadContent().Count());
    }

    [Fact]
    public void Metas_that_differ_in_the_size_of_pages_are_a_fault()
    {
        byte[] file = new EtcdFile(new BoltFile { Sealed = false }).WithBuckets().Put("k", "v").Build();
        byte[] small = file[4096..8192];
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16 + 8), 1024);
        BoltFile.SealMeta(file.AsSpan(0, 4096));
        small.CopyTo(file.AsSpan(1024));

        SnapshotCorruptException fault = Assert.Throws<SnapshotCorruptException>(() => Open(BoltFile.Seal(file)));

        Assert.Contains("differ in the size", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_that_overlap_do_not_multiply_in_memory()
    {
        EtcdFile store = new EtcdFile(new BoltFile { Inline = false, Sealed = false }).WithBuckets();
        for (int key = 0; key < 400; key++)
        {
            store.Put($"key-{key:d4}", new string('v', 500));
        }

        byte[] file = store.Build();
        for (int page = 2 * 4096; page < file.Length - (12 * 4096); page += 4096)
        {
            bool isLeaf = BinaryPrimitives.ReadInt16LittleEndian(file.AsSpan(page + 8)) == 2;
            if (isLeaf)
            {
                BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(page + 12), 2);
            }
        }

        using SnapshotReader reader = Open(BoltFile.Seal(file));

        Assert.Matches("another page too|referred to twice", Assert.Throws<SnapshotCorruptException>(() => reader.ReadContent().Count()).Message);
        Assert.Throws<SnapshotCorruptException>(() => reader.ReadNewestFirst().Count());
    }

    [Fact]
    public void Json_with_half_a_character_in_a_name_does_not_end_the_listing()
    {
        using SnapshotReader reader = Open(new EtcdFile().WithBuckets()
            .Put("/registry/a/x", """{"\ud800abcdefghij":1,"kind":"Odd"}""").Put("/registry/a/y", """{"kind":"Plain"}""").Build());

        Assert.Equal(2, reader.ReadContent().Count());
        Assert.Equal(2, reader.Summarize().Count);
    }

    [Fact]
    public void Revision_with_an_absurd_sub_revision_is_a_fault()
    {
        EtcdFile file = new EtcdFile().WithBuckets().Put("k", "v");
        file.Bolt["key"][EtcdFile.RevisionKey(9, 0x8000_0001)] = [.. Proto.Text(1, "j"), .. Proto.Text(5, "v")];
        using SnapshotReader reader = Open(file.Build());

        Assert.Throws<SnapshotCorruptException>(() => reader.ReadContent().Count());
    }

    [Fact]
    public async Task Member_with_endless_addresses_is_a_fault()
    {
        EtcdFile file = new EtcdFile().WithBuckets();
        file.Bolt["members"]["8e9e05c52164694d"u8.ToArray()] =
            Encoding.ASCII.GetBytes($$"""{"id":1,"name":"a","peerURLs":[{{string.Join(',', Enumerable.Repeat("\"\"", 30_000))}}]}""");
        using SnapshotReader reader = Open(file.Build());

        Assert.Contains("member's record", Assert.Single((await reader.CheckAsync()).Faults).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "holds no snapshot")]
    [InlineData(2, "holds 2 files")]
    public void Zip_without_exactly_one_snapshot_says_so(int count, string said)
    {
        string path = Path.GetTempFileName();
        try
        {
            using (ZipArchive zip = new(File.Create(path), ZipArchiveMode.Create))
            {
                for (int entry = 0; entry < count; entry++)
                {
                    zip.CreateEntry($"backup/{entry}");
                }
            }

            Assert.Contains(said, Assert.Throws<SnapshotCorruptException>(() => SnapshotReader.Open(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Pipe_is_refused_and_not_waited_for()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using (Process make = Process.Start("mkfifo", [path]))
        {
            await make.WaitForExitAsync();
        }

        try
        {
            EtcdSnapshotCheck check = await new SnapshotFileCheck(new Progress<HostEvent>()).RunAsync(path, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));

            Assert.Contains("no bytes", Assert.Single(check.Faults).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("PK\u0003\u0004", 3000)]
    public async Task What_a_zip_is_unpacked_to_has_no_name_on_the_disk(string start, int count)
    {
        string folder = Path.GetTempPath();
        string path = Path.GetTempFileName();
        try
        {
            byte[] snapshot = new EtcdFile().WithBuckets().Put("k", start + new string('v', count)).Build();
            using (ZipArchive zip = new(File.Create(path), ZipArchiveMode.Create))
            {
                await using Stream entry = zip.CreateEntry("backup/nightly").Open();
                await entry.WriteAsync(snapshot);
            }

            using SnapshotReader reader = SnapshotReader.Open(path);

            Assert.Empty(Directory.GetFiles(folder, "etcd-snapshot-*.db"));
            Assert.Equal(SnapshotIntegrity.Sound, (await reader.CheckAsync()).Integrity);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static SnapshotReader Open(byte[] file) => SnapshotReader.Open(new MemoryStream(file), leaveOpen: false);
}
