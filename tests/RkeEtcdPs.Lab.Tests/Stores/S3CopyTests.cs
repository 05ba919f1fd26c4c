using System.IO.Compression;
using Amazon.S3;
using Amazon.S3.Model;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery.NewHosts;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Stores;

/// <summary>Copies to and from a real S3 server, of files of this machine: no hosts are needed.</summary>
public sealed class S3CopyTests : S3Test
{
    private const string SecretKey = "do-not-tell-anybody";

    [SkippableTheory]
    [InlineData(20_000)]
    [InlineData(Large)]
    public async Task Snapshot_goes_there_over_TLS_and_comes_back_the_same(long size)
    {
        await using S3Server server = await S3Server.StartAsync();
        EtcdSnapshot file = Make("nightly", size);
        S3Destination bucket = new(new S3Address(S3Server.Bucket, "deep/folder"), server.Connection);

        EtcdSnapshot copy = Single(await CopyAsync(file, bucket));
        EtcdSnapshot back = Single(await CopyAsync(copy, new FolderDestination(Path.Combine(Folder, "back")), server.Connection));

        Assert.Equal(("s3://etcd/deep/folder/nightly", true, file.ContentHash), (copy.Path, copy.Verified, copy.ContentHash));
        Assert.Equal(await File.ReadAllBytesAsync(file.Path), await File.ReadAllBytesAsync(back.Path));
        Assert.True(Single(await CopyAsync(file, bucket)).Verified);
    }

    [SkippableFact]
    public async Task Zip_has_the_key_that_RKE_gives_it_and_is_unpacked_on_the_way_back()
    {
        await using S3Server server = await S3Server.StartAsync();
        EtcdSnapshot file = Make("2026-11-22T10:00:00Z_etcd", 3_000_000);
        S3Destination bucket = new(new S3Address(S3Server.Bucket, "rke"), server.Connection);

        EtcdSnapshot zip = Single(await CopyAsync(file, bucket, packing: SnapshotPacking.Zip));
        EtcdSnapshot listed = Assert.Single(await ListAsync(server, "rke"));
        EtcdSnapshot back = Single(await CopyAsync(listed, new FolderDestination(Path.Combine(Folder, "back")), server.Connection, SnapshotPacking.Plain));

        Assert.Equal("s3://etcd/rke/2026-11-22T10:00:00Z_etcd.zip", zip.Path);
        Assert.Equal((file.Name, true, file.ContentHash, SnapshotKind.Recurring), (listed.Name, listed.IsZip, listed.ContentHash, listed.Kind));
        Assert.Equal(await File.ReadAllBytesAsync(file.Path), await File.ReadAllBytesAsync(back.Path));
    }

    [SkippableFact]
    public async Task State_of_the_cluster_is_read_from_the_end_of_the_zip_of_RKE()
    {
        await using S3Server server = await S3Server.StartAsync();
        EtcdSnapshot file = Make("nightly", Large);
        string path = file.Path + ".zip";
        using (ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            zip.CreateEntryFromFile(file.Path, "/backup/nightly");
            using StreamWriter state = new(zip.CreateEntry("/etc/kubernetes/nightly.rkestate").Open());
            state.Write("""{"currentState":{"rkeConfig":{"systemImages":{"etcd":"rancher/etcd:1"}},"certificatesBundle":{}}}""");
        }

        EtcdSnapshot packed = SnapshotFiles.Describe(path);
        S3Destination bucket = new(new S3Address(S3Server.Bucket, "rke"), server.Connection);
        EtcdSnapshot copy = Single(await CopyAsync(packed, bucket));

        // The same again is left, and so is one of RKE's own, of which the server says nothing; what -Compress would make is not the same.
        DateTime sent = File.GetLastWriteTimeUtc(server.FileOf("rke/nightly.zip"));
        Assert.True(Single(await CopyAsync(packed, bucket)).Verified);
        using (AmazonS3Client client = S3Client.Create(server.Connection))
        {
            await client.PutObjectAsync(new PutObjectRequest { BucketName = S3Server.Bucket, Key = "own/nightly.zip", FilePath = path, UseChunkEncoding = false });
        }

        S3Destination own = new(new S3Address(S3Server.Bucket, "own"), server.Connection);
        Assert.Null(Assert.Single(await ListAsync(server, "own")).ContentHash);
        Assert.Equal(file.ContentHash, Single(await CopyAsync(packed, own)).ContentHash);
        foreach (S3Destination there in (S3Destination[])[bucket, own])
        {
            Assert.Contains("state of the cluster", Assert.IsType<SnapshotExistsException>(Assert.Single(await CopyAsync(packed, there, packing: SnapshotPacking.Zip)).Failure).Message);
        }

        Assert.Equal(sent, File.GetLastWriteTimeUtc(server.FileOf("rke/nightly.zip")));
        Assert.Equal("rancher/etcd:1", (await StateInZip.FindAsync(copy, server.Connection, default))!.SystemImages["etcd"]);
        Assert.Null(await StateInZip.FindAsync(copy with { IsZip = false }, server.Connection, default));
    }

    [SkippableFact]
    public async Task Keys_are_exact_whatever_they_begin_with()
    {
        await using S3Server server = await S3Server.StartAsync();
        foreach (string name in (string[])["snap1", "snap10", "snap1.2", "snap1.b.c"])
        {
            Single(await CopyAsync(Make(name, 9_000), new S3Destination(new S3Address(S3Server.Bucket, "a"), server.Connection)));
        }

        Single(await CopyAsync(Make("snap1", 9_500, "other"), new S3Destination(new S3Address(S3Server.Bucket, "ab"), server.Connection)));
        ISnapshotStore store = S3Store.Open(new S3Address(S3Server.Bucket, "a"), server.Connection);

        Assert.Equal(["snap1", "snap1.2", "snap1.b.c", "snap10"], (await ListAsync(server, "a")).Select(snapshot => snapshot.Name).Order(StringComparer.Ordinal));
        EtcdSnapshot one = Assert.Single(await ListAsync(server, "a", "snap1"));
        await store.RemoveAsync(one, CancellationToken.None);

        Assert.Equal(["snap1.2", "snap1.b.c", "snap10"], (await ListAsync(server, "a")).Select(snapshot => snapshot.Name).Order(StringComparer.Ordinal));
        Assert.Single(await ListAsync(server, "ab"));
        await Assert.ThrowsAsync<SnapshotNotFoundException>(() => store.RemoveAsync(one, CancellationToken.None));
        await store.DisposeAsync();
    }

    [SkippableFact]
    public async Task Other_object_of_the_name_stays_unless_it_is_to_be_replaced()
    {
        await using S3Server server = await S3Server.StartAsync();
        S3Destination bucket = new(new S3Address(S3Server.Bucket), server.Connection);
        Single(await CopyAsync(Make("one", 9_000, "first"), bucket));
        EtcdSnapshot other = Make("one", 9_000, "second");

        Assert.IsType<SnapshotExistsException>(Assert.Single(await CopyAsync(other, bucket)).Failure);
        Assert.NotEqual(other.ContentHash, Assert.Single(await ListAsync(server, "")).ContentHash);
        Single(await CopyAsync(other, bucket, replace: true));
        Assert.Equal(other.ContentHash, Assert.Single(await ListAsync(server, "")).ContentHash);

        byte[] stored = await File.ReadAllBytesAsync(server.FileOf("one"));
        stored[5_000] ^= 1;
        await File.WriteAllBytesAsync(server.FileOf("one"), stored);
        EtcdSnapshot damaged = Assert.Single(await ListAsync(server, ""));
        Assert.IsType<SnapshotMismatchException>(Assert.Single(await CopyAsync(damaged, new FolderDestination(Path.Combine(Folder, "back")), server.Connection)).Failure);
        Assert.Contains("it is damaged", Assert.IsType<SnapshotExistsException>(Assert.Single(await CopyAsync(other, bucket)).Failure).Message, StringComparison.Ordinal);
        Assert.Equal(other.ContentHash, Single(await CopyAsync(other, bucket, replace: true)).ContentHash);
        Assert.NotEqual(stored, await File.ReadAllBytesAsync(server.FileOf("one")));
    }

    [SkippableFact]
    public async Task Wrong_CA_key_and_bucket_are_told_apart_and_no_secret_is_told()
    {
        await using S3Server server = await S3Server.StartAsync();
        EtcdSnapshot file = Make("one", 9_000);
        S3Connection good = server.Connection;

        EtcdSnapshotException ca = await FailAsync(file, good with { CustomCa = S3Server.OtherCa() });
        EtcdSnapshotException system = await FailAsync(file, good with { CustomCa = null });
        EtcdSnapshotException key = await FailAsync(file, good with { AccessKey = new Secret("NOBODY"), SecretKey = new Secret(SecretKey) });
        EtcdSnapshotException nobody = await FailAsync(file, good with { Endpoint = "no-such-host.invalid" });
        EtcdSnapshotException closed = await FailAsync(file, good with { Endpoint = "127.0.0.1:1" });
        EtcdSnapshotException bucket = Assert.Single(await CopyAsync(file, new S3Destination(new S3Address("nobucket"), good))).Failure!;

        Assert.Contains("not trusted", Assert.IsType<StoreUnavailableException>(ca).Message);
        Assert.Contains("not trusted", Assert.IsType<StoreUnavailableException>(system).Message);
        Assert.IsType<StoreAccessDeniedException>(key);
        Assert.Contains("name of the server", Assert.IsType<StoreUnavailableException>(nobody).Message);
        Assert.IsType<StoreUnavailableException>(closed);
        Assert.Contains("no such bucket", Assert.IsType<StoreUnavailableException>(bucket).Message);
        Assert.All((EtcdSnapshotException[])[ca, system, key, nobody, closed, bucket], failure => Assert.DoesNotContain(SecretKey, failure.ToString()));
        Assert.Empty(await ListAsync(server, ""));
    }

    [SkippableTheory]
    [InlineData("500 Internal Server Error", typeof(StoreUnavailableException))]
    [InlineData("403 Forbidden", typeof(StoreAccessDeniedException))]
    [InlineData("hang", typeof(StoreUnavailableException))]
    [Trait("Speed", "Long")]
    public async Task Part_that_fails_in_the_middle_fails_the_copy_and_leaves_no_object(string fault, Type expected)
    {
        await using S3Server server = await S3Server.StartAsync(tls: false);
        await using FaultProxy proxy = new(server.Port, line => line.StartsWith("PUT ", StringComparison.Ordinal) && line.Contains("partNumber=3", StringComparison.Ordinal) ? fault : null);
        EtcdSnapshot file = Make("one", Large);
        S3Connection connection = server.Connection with { Endpoint = $"http://127.0.0.1:{proxy.Port}", RequestTimeout = TimeSpan.FromSeconds(fault == "hang" ? 3 : 60) };
        string beside = Path.Combine(Folder, "beside");

        CopyOutcome[] outcomes = await CopyAsync(file, [new S3Destination(new S3Address(S3Server.Bucket), connection), new FolderDestination(beside)]);

        Assert.IsType(expected, Assert.Single(outcomes, outcome => outcome.Failure is not null).Failure);
        Assert.Empty(await ListAsync(server, ""));
        Assert.True(File.Exists(Path.Combine(beside, "one")));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Fault_that_passes_is_got_over_by_trying_again()
    {
        await using S3Server server = await S3Server.StartAsync(tls: false);
        int faults = 0;
        await using FaultProxy proxy = new(server.Port, line => line.Contains("partNumber=2", StringComparison.Ordinal) && Interlocked.Increment(ref faults) == 1 ? "503 Slow Down" : null);

        CopyOutcome[] outcomes = await CopyAsync(
            Make("one", Large), new S3Destination(new S3Address(S3Server.Bucket), server.Connection with { Endpoint = $"http://127.0.0.1:{proxy.Port}", Retries = 3 }));

        Assert.True(Single(outcomes).Verified);
        Assert.True(faults > 1);
    }

    [SkippableFact]
    public async Task Copy_that_is_cancelled_or_whose_source_is_corrupt_leaves_no_object()
    {
        await using S3Server server = await S3Server.StartAsync();
        S3Destination bucket = new(new S3Address(S3Server.Bucket), server.Connection);
        EtcdSnapshot file = Make("one", Large);
        using CancellationTokenSource cancel = new();
        StopAt stop = new(cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CopyAsync(file, [bucket], story: stop, cancellationToken: cancel.Token));
        Assert.Empty(await ListAsync(server, ""));

        using (FileStream damaged = new(file.Path, FileMode.Open, FileAccess.Write))
        {
            damaged.Position = Large / 2;
            damaged.WriteByte(1);
        }

        Assert.IsType<Engine.SnapshotFile.SnapshotCorruptException>(Assert.Single(await CopyAsync(file, bucket)).Failure);
        Assert.Empty(await ListAsync(server, ""));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Memory_stays_flat_however_large_the_snapshot_is()
    {
        await using S3Server server = await S3Server.StartAsync();
        EtcdSnapshot file = Make("big", 400 << 20);
        // What is in use, and not what the collector has not given back yet: this process has run other tests before.
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long most = 0;
        using Timer look = new(_ => most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true)), null, 0, 500);

        CopyOutcome[] outcomes = await CopyAsync(file, [new S3Destination(new S3Address(S3Server.Bucket), server.Connection), new FolderDestination(Path.Combine(Folder, "back"))]);

        Assert.All(outcomes, outcome => Assert.True(outcome.Value?.Verified));
        Assert.True(most > before, "memory was looked at");
        Assert.InRange(most - before, 0, 100 << 20);
    }

    private sealed class StopAt(CancellationTokenSource cancel) : IProgress<HostEvent>
    {
        public void Report(HostEvent value)
        {
            if (value is HostProgress { Status: "sending", Done: > Large / 2 })
            {
                cancel.Cancel();
            }
        }
    }
}
