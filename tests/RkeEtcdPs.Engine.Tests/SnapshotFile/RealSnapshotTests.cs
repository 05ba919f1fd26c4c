using System.Text;
using System.Text.Json;
using RkeEtcdPs.Engine.SnapshotFile;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.SnapshotFile;

/// <summary>The reader against a real etcd, its answers and its etcdctl.</summary>
public sealed class RealSnapshotTests
{
    public static TheoryData<int, int> Workloads()
    {
        TheoryData<int, int> data = new() { { 1, 0 }, { 2, 1 }, { 3, 60 }, { 4, 1500 }, { 5, 12_000 } };
        if (RealEtcd.LongTests)
        {
            for (int seed = 100; seed < 130; seed++)
            {
                data.Add(seed, 1 << (seed % 15));
            }

            data.Add(200, 200_000);
        }

        return data;
    }

    [SkippableTheory]
    [MemberData(nameof(Workloads))]
    public async Task A_snapshot_reads_as_etcd_answers(int seed, int keys)
    {
        await using RealEtcd etcd = await RealEtcd.StartAsync();
        Random random = new(seed);
        long compacted = await RunAsync(etcd, random, keys);
        string path = await etcd.SaveAsync();

        SnapshotCheck check = await VerifyAsync(etcd, path, SnapshotIntegrity.Sound);

        Assert.Equal(compacted == 0 ? null : compacted, check.Cluster!.CompactedRevision);
        Assert.Equal("etcd-test", Assert.Single(check.Cluster.Members).Name);
        Assert.NotNull(check.Cluster.ClusterVersion);
        for (int past = 0; past < 3 && check.Status!.Revision > 2; past++)
        {
            long revision = random.NextInt64(Math.Max(2, compacted), check.Status.Revision + 1);
            using SnapshotReader reader = SnapshotReader.Open(path);
            AssertSame(await etcd.ReadAllAsync(revision), reader, new ContentFilter { AtRevision = revision });
        }
    }

    [SkippableFact]
    public async Task The_database_of_a_member_and_of_a_restored_one_is_read_without_a_hash()
    {
        await using RealEtcd etcd = await RealEtcd.StartAsync();
        await RunAsync(etcd, new Random(9), 400);
        List<EtcdKey> expected = await etcd.ReadAllAsync();
        string path = await etcd.SaveAsync();
        await etcd.EtcdctlAsync("snapshot", "restore", path, "--data-dir", etcd.PathOf("restored"), "--name", "other",
            "--initial-cluster", "other=http://127.0.0.1:1", "--initial-advertise-peer-urls", "http://127.0.0.1:1");
        await etcd.StopAsync();

        foreach (string directory in (string[])[etcd.DataDirectory, etcd.PathOf("restored")])
        {
            string database = Path.Combine(directory, "member", "snap", "db");
            SnapshotCheck check = await AssertStatusAsync(etcd, database, SnapshotIntegrity.Unknown);
            Assert.Null(check.ContentHash);
            using SnapshotReader reader = SnapshotReader.Open(database);
            AssertSame(expected, reader, ContentFilter.All);
            using SnapshotReader taken = SnapshotReader.Open(path);
            Assert.Empty(taken.CompareTo(reader));
        }
    }

    [SkippableFact]
    public async Task Learners_users_and_leases_are_told()
    {
        await using RealEtcd etcd = await RealEtcd.StartAsync();
        await etcd.PostAsync("lease/grant", new { TTL = "3600", ID = "1234" });
        await etcd.PutAsync([("leased", [1], 1234)]);
        await etcd.EtcdctlAsync("member", "add", "late", "--learner", "--peer-urls", "http://127.0.0.1:1");
        await etcd.EtcdctlAsync("user", "add", "root:secret");
        await etcd.EtcdctlAsync("user", "grant-role", "root", "root");
        await etcd.EtcdctlAsync("auth", "enable");
        string path = await etcd.SaveAsync(user: "root:secret");

        SnapshotCheck check = await AssertStatusAsync(etcd, path, SnapshotIntegrity.Sound);

        Assert.Equal((true, 1, 1), (check.Cluster!.AuthEnabled, check.Cluster.UserCount, check.Cluster.LeaseCount));
        SnapshotMember learner = Assert.Single(check.Cluster.Members, member => member.IsLearner);
        Assert.Equal("http://127.0.0.1:1", Assert.Single(learner.PeerUrls));
        Assert.Equal(2, check.Cluster.Members.Count);
        using SnapshotReader reader = SnapshotReader.Open(path);
        Assert.Equal(1234, reader.ReadContent().Single().Lease);
    }

    [SkippableFact]
    public async Task Two_snapshots_differ_by_what_was_done_between_them()
    {
        await using RealEtcd etcd = await RealEtcd.StartAsync();
        await etcd.PutAsync(Enumerable.Range(0, 300).Select(key => ($"/registry/pods/ns/p{key:d3}", new byte[] { 1 }, 0L)));
        string before = await etcd.SaveAsync("before.db");
        await etcd.PutAsync("/registry/pods/ns/p007", [2]);
        await etcd.PutAsync("/registry/pods/ns/new", [2]);
        await etcd.DeleteAsync("/registry/pods/ns/p100", "/registry/pods/ns/p103");
        string after = await etcd.SaveAsync("after.db");
        using SnapshotReader reference = SnapshotReader.Open(before);
        using SnapshotReader difference = SnapshotReader.Open(after);

        Assert.Equal(
            [("new", ObjectChange.Added), ("p007", ObjectChange.Changed), ("p100", ObjectChange.Removed), ("p101", ObjectChange.Removed), ("p102", ObjectChange.Removed)],
            reference.CompareTo(difference).Select(item => (item.Name!, item.Change)));
    }

    [SkippableFact]
    public async Task The_test_writer_of_bolt_files_writes_what_etcdctl_accepts()
    {
        await using RealEtcd etcd = await RealEtcd.StartAsync();
        foreach (BoltFile bolt in (BoltFile[])[new(), new() { PageSize = 65536 }, new() { PageSize = 8192, FreePages = 900 }, new() { Inline = false }])
        {
            string path = etcd.PathOf($"made-{bolt.PageSize}-{bolt.Inline}.db");
            await File.WriteAllBytesAsync(path, SnapshotFormatTests.Sample(bolt, 700).Build());
            await AssertStatusAsync(etcd, path, SnapshotIntegrity.Sound);
        }
    }

    private static async Task<SnapshotCheck> VerifyAsync(RealEtcd etcd, string path, SnapshotIntegrity integrity)
    {
        SnapshotCheck check = await AssertStatusAsync(etcd, path, integrity);
        using SnapshotReader reader = SnapshotReader.Open(path);
        List<EtcdKey> expected = await etcd.ReadAllAsync();
        AssertSame(expected, reader, ContentFilter.All);
        Assert.Equal(expected.Count, check.Status!.LiveKeyCount);
        return check;
    }

    private static async Task<SnapshotCheck> AssertStatusAsync(RealEtcd etcd, string path, SnapshotIntegrity integrity)
    {
        SnapshotCheck check = await SnapshotReader.CheckAsync(path);
        Assert.Empty(check.Faults);
        Assert.Equal(integrity, check.Integrity);
        JsonElement status = await etcd.StatusAsync(path);
        SnapshotStatus ours = check.Status!;
        Assert.Equal(
            (status.GetProperty("hash").GetUInt32(), status.GetProperty("revision").GetInt64(), status.GetProperty("totalKey").GetInt64(), status.GetProperty("totalSize").GetInt64()),
            (ours.Hash, ours.Revision, ours.EntryCount, ours.TotalSize));
        return check;
    }

    private static void AssertSame(List<EtcdKey> expected, SnapshotReader reader, ContentFilter filter)
    {
        Assert.Equal(
            expected,
            reader.ReadContent(filter).Select(item => new EtcdKey(
                item.Key, item.CreateRevision, item.ModRevision, item.Version, item.Lease, Convert.ToBase64String(reader.ReadValue(item).Bytes.Span))));

        // Keys of one transaction share their revision, so this order is compared by revision and the keys as a set.
        List<SnapshotObject> newestFirst = reader.ReadNewestFirst(filter).ToList();
        Assert.Equal(newestFirst.Select(item => item.ModRevision).OrderDescending(), newestFirst.Select(item => item.ModRevision));
        Assert.Equal(reader.ReadContent(filter), newestFirst.OrderBy(item => item.Key, StringComparer.Ordinal));
    }

    /// <summary>Puts the keys, and in between does everything else that can be done to a store.</summary>
    /// <returns>The revision of the last compaction; 0 for none.</returns>
    private static async Task<long> RunAsync(RealEtcd etcd, Random random, int keys)
    {
        long compacted = 0;
        long[] leases = [0, 0, 0, random.Next(1, int.MaxValue)];
        await etcd.PostAsync("lease/grant", new { TTL = "3600", ID = leases[3] });
        int batch = Math.Max(1, keys / 12);
        for (int done = 0; done < keys; done += batch)
        {
            await etcd.PutAsync(Enumerable.Range(done, Math.Min(batch, keys - done)).Select(key => (Key(key), Value(random), leases[random.Next(4)])));
            await etcd.PutAsync(Enumerable.Range(0, random.Next(Math.Min(done, 400) + 1)).Select(_ => random.Next(done + batch)).Distinct()
                .Select(key => (Key(key), Value(random), leases[random.Next(4)])));
            switch (random.Next(6))
            {
                case 0:
                    await etcd.DeleteAsync(Key(random.Next(done + 1)));
                    break;
                case 1:
                    int first = random.Next(done + 1);
                    await etcd.DeleteAsync(Key(first), Key(first + random.Next(done + 1) / 4));
                    break;
                case 2:
                    long revision = await etcd.RevisionAsync();
                    compacted = random.NextInt64(Math.Max(2, compacted + 1), Math.Max(3, revision + 1));
                    compacted = Math.Min(compacted, revision);
                    await etcd.PostAsync("kv/compaction", new { revision = compacted, physical = true });
                    break;
                case 3:
                    await etcd.EtcdctlAsync("defrag");
                    break;
                case 4:
                    byte[] big = new byte[random.Next(1_000_000)];
                    random.NextBytes(big);
                    await etcd.PutAsync($"big/{done}", big);
                    break;
                default:
                    break;
            }
        }

        return compacted;
    }

    private static string Key(int number) => $"/registry/{(number % 3 == 0 ? "secrets" : "configmaps")}/ns-{number % 11}/object-{number:d7}";

    private static byte[] Value(Random random)
    {
        byte[] raw = new byte[random.Next(10) == 0 ? random.Next(9000) : random.Next(200)];
        random.NextBytes(raw);
        return random.Next(4) switch
        {
            0 => raw,
            1 => [.. Encoding.ASCII.GetBytes("k8s:enc:secretbox:v1:key1:"), .. raw],
            2 => JsonSerializer.SerializeToUtf8Bytes(new { apiVersion = "v1", kind = "ConfigMap", data = new { a = raw } }),
            _ => Proto.Kubernetes("v1", "ConfigMap", raw),
        };
    }
}
