using System.IO.Compression;
using System.Security.Cryptography;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Snapshots;

/// <summary>Snapshots that are packed, unpacked and proved while they go by.</summary>
public sealed class PackingTests
{
    private static readonly byte[] Snapshot = Make(300_000 / 512 * 512);

    [Fact]
    public async Task What_is_packed_is_unpacked_the_same_and_packs_the_same_again()
    {
        byte[] zip = await ReadAsync(new ZippedStream(new MemoryStream(Snapshot), "nightly", DateTime.UnixEpoch.AddYears(50)));

        Assert.Equal(zip, await ReadAsync(new ZippedStream(new MemoryStream(Snapshot), "nightly", DateTime.UnixEpoch.AddYears(50))));
        Assert.Equal(Snapshot, await ReadAsync(new UnzippedStream(new MemoryStream(zip), "here")));
        Assert.Equal(Snapshot, await ReadAsync(new UnzippedStream(new Dribble(zip, 7), "here")));
        Assert.Equal(zip, await ReadAsync(new ZipProvingStream(new MemoryStream(zip), "here", Hash(Snapshot))));
    }

    [Theory]
    [InlineData(CompressionLevel.Optimal, true)]
    [InlineData(CompressionLevel.Optimal, false)]
    [InlineData(CompressionLevel.NoCompression, false)]
    public async Task Zips_of_others_are_unpacked_wherever_the_database_is_in_them(CompressionLevel level, bool streamed)
    {
        foreach (bool stateFirst in (bool[])[true, false])
        {
            Assert.Equal(Snapshot, await ReadAsync(new UnzippedStream(new MemoryStream(Zip(level, streamed, stateFirst)), "here")));
        }
    }

    [Fact]
    public async Task Zip_that_is_cut_anywhere_is_corrupt()
    {
        byte[] zip = Zip(CompressionLevel.Optimal, streamed: true, stateFirst: false);
        for (int length = 0; length < zip.Length; length += length < 200 || length > zip.Length - 400 ? 1 : 4999)
        {
            byte[] cut = zip[..length];
            await Assert.ThrowsAsync<SnapshotCorruptException>(() => ReadAsync(new ZipProvingStream(new MemoryStream(cut), "here", null)));
        }
    }

    [Fact]
    public async Task Bit_that_is_flipped_anywhere_is_found_before_the_end()
    {
        Random random = new(7);
        for (int attempt = 0; attempt < 200; attempt++)
        {
            byte[] flipped = [.. Snapshot];
            flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));

            await Assert.ThrowsAsync<SnapshotCorruptException>(() => ReadAsync(new ProvingStream(new Dribble(flipped, 1 + random.Next(100_000)), "here", null)));
        }
    }

    [Fact]
    public async Task Snapshot_is_proved_however_its_bytes_arrive()
    {
        foreach (int size in (int[])[1, 31, 32, 33, 511, 4096, 1 << 20])
        {
            Assert.Equal(Snapshot, await ReadAsync(new ProvingStream(new Dribble(Snapshot, size), "here", Hash(Snapshot))));
        }

        await Assert.ThrowsAsync<SnapshotMismatchException>(() => ReadAsync(new ProvingStream(new MemoryStream(Snapshot), "here", new string('0', 64))));
        await Assert.ThrowsAsync<SnapshotCorruptException>(() => ReadAsync(new ProvingStream(new MemoryStream(Snapshot[..^32]), "here", null)));
        await Assert.ThrowsAsync<SnapshotCorruptException>(() => ReadAsync(new ProvingStream(new MemoryStream([]), "here", null)));
    }

    [Theory]
    [InlineData("nightly")]
    [InlineData("rke_etcd_snapshot_2026-11-22T10:00:00+01:00-and-so-on-until-it-is-longer-than-what-the-old-header-of-a-tar-can-hold-which-is-100")]
    public async Task Archive_holds_the_one_file(string name)
    {
        byte[] archive = await ReadAsync(new SnapshotArchive(name, new Dribble(Snapshot, 1000), Snapshot.Length, DateTime.UnixEpoch.AddYears(50)));

        using System.Formats.Tar.TarReader reader = new(new MemoryStream(archive));
        System.Formats.Tar.TarEntry entry = reader.GetNextEntry()!;
        using MemoryStream content = new();
        entry.DataStream!.CopyTo(content);
        Assert.Equal((name, UnixFileMode.UserRead | UnixFileMode.UserWrite, DateTime.UnixEpoch.AddYears(50)), (entry.Name, entry.Mode, entry.ModificationTime.UtcDateTime));
        Assert.Equal(Snapshot, content.ToArray());
        Assert.Null(reader.GetNextEntry());
        await Assert.ThrowsAsync<EndOfStreamException>(() => ReadAsync(new SnapshotArchive(name, new MemoryStream(Snapshot[..^1]), Snapshot.Length, DateTime.UnixEpoch)));
        await Assert.ThrowsAsync<IOException>(() => ReadAsync(new SnapshotArchive(name, new MemoryStream([.. Snapshot, 1]), Snapshot.Length, DateTime.UnixEpoch)));
    }

    private static byte[] Make(int size)
    {
        byte[] content = new byte[size];
        new Random(1).NextBytes(content.AsSpan(size / 3));
        return [.. content, .. SHA256.HashData(content)];
    }

    private static string Hash(byte[] snapshot) => Convert.ToHexString(snapshot.AsSpan(snapshot.Length - 32)).ToLowerInvariant();

    private static byte[] Zip(CompressionLevel level, bool streamed, bool stateFirst)
    {
        using MemoryStream bytes = new();
        using (ZipArchive zip = new(streamed ? new WriteOnly(bytes) : bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (bool state in (bool[])[stateFirst, !stateFirst])
            {
                using Stream member = zip.CreateEntry(state ? "/etc/kubernetes/nightly.rkestate" : "/backup/nightly", level).Open();
                member.Write(state ? "{\"state\": true}"u8 : Snapshot);
            }
        }

        return bytes.ToArray();
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        await using (stream)
        {
            using MemoryStream all = new();
            await ChunkedRead.RunAsync(
                stream,
                (chunk, _) =>
                {
                    all.Write(chunk.Span);
                    return ValueTask.CompletedTask;
                },
                CancellationToken.None);
            return all.ToArray();
        }
    }

    /// <summary>Gives at most so many bytes a read, as a network does.</summary>
    private sealed class Dribble(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => base.ReadAsync(buffer[..Math.Min(most, buffer.Length)], cancellationToken);
    }
}
