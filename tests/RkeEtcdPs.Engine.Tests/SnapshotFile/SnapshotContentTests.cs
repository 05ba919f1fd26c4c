using System.IO.Compression;
using System.Text;
using RkeEtcdPs.Engine.SnapshotFile;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.SnapshotFile;

public sealed class SnapshotContentTests
{
    [Theory]
    [InlineData("/registry/pods/kube-system/web-0", "Pod", "pods", "kube-system", "web-0")]
    [InlineData("/registry/minions/host-1", "Node", "nodes", null, "host-1")]
    [InlineData("/registry/services/specs/default/kubernetes", "Service", "services", "default", "kubernetes")]
    [InlineData("/registry/services/endpoints/default/kubernetes", "Endpoints", "endpoints", "default", "kubernetes")]
    [InlineData("/registry/masterleases/10.0.0.1", "Endpoints", "masterleases", null, "10.0.0.1")]
    [InlineData("/registry/ranges/serviceips", "RangeAllocation", "ranges", null, "serviceips")]
    [InlineData("/registry/clusterroles/system:node", "ClusterRole", "clusterroles", null, "system:node")]
    [InlineData("/registry/crd.projectcalico.org/ippools/default", null, "ippools.crd.projectcalico.org", null, "default")]
    [InlineData("/registry/management.cattle.io/projects/local/p-1", null, "projects.management.cattle.io", "local", "p-1")]
    [InlineData("compact_rev_key", null, null, null, null)]
    [InlineData("/registry/", null, null, null, null)]
    [InlineData("/registry/pods", null, null, null, null)]
    public void A_key_tells_resource_namespace_and_name(string key, string? kind, string? resource, string? space, string? name)
    {
        using SnapshotReader reader = SnapshotFormatTests.Open(new EtcdFile().WithBuckets().Put(key, "?").Build());

        SnapshotObject item = Assert.Single(reader.ReadContent());

        Assert.Equal((kind, resource, space, name), (item.Kind, item.Resource, item.Namespace, item.Name));
    }

    [Fact]
    public void Values_tell_their_kind_in_protobuf_and_JSON_and_are_known_to_be_encrypted()
    {
        using SnapshotReader reader = SnapshotFormatTests.Open(Cluster().Build());

        Dictionary<string, SnapshotObject> items = reader.ReadContent().ToDictionary(item => item.Name!);

        Assert.Equal(("apps/v1", "Deployment", ValueEncoding.Protobuf), Type(items["web"]));
        Assert.Equal(("crd.projectcalico.org/v1", "IPPool", ValueEncoding.Json), Type(items["default"]));
        Assert.Equal((null, "Secret", ValueEncoding.Encrypted), Type(items["token"]));
        Assert.True(items["token"].Encrypted);
        Assert.Contains("IPPool", reader.ReadValue(items["default"]).Json, StringComparison.Ordinal);
        Assert.Null(reader.ReadValue(items["web"]).Json);
    }

    [Fact]
    public void The_state_that_RKE_keeps_is_recognised_and_read()
    {
        using SnapshotReader reader = SnapshotFormatTests.Open(Cluster().Build());

        SnapshotObject state = reader.Summarize().RkeState!;

        Assert.Equal("/registry/configmaps/kube-system/full-cluster-state", state.Key);
        Assert.Equal("{\"desiredState\":{}}", reader.ReadValue(state).ReadData("full-cluster-state"));
    }

    [Theory]
    [InlineData("Deploy*", "*", "*", 1)]
    [InlineData("deployments", "*", "*", 1)]
    [InlineData("*", "kube-system", "*", 1)]
    [InlineData("*", "*", "w?b", 1)]
    [InlineData("*", "DEFAULT", "*", 2)]
    [InlineData("[c-d]*", "[a-d]*", "*", 1)]
    [InlineData("*", "", "*", 1)]
    [InlineData("*", "*", "w`?b", 0)]
    [InlineData("Node", "*", "*", 0)]
    [InlineData("*", "*", "*", 4)]
    public void Filters_take_wildcards(string kind, string space, string name, int count)
    {
        using SnapshotReader reader = SnapshotFormatTests.Open(Cluster().Build());

        Assert.Equal(count, reader.ReadContent(new ContentFilter { Kind = [kind], Namespace = [space], Name = [name] }).Count());
    }

    [Fact]
    public void The_first_object_is_told_before_the_file_has_been_read()
    {
        byte[] file = SnapshotFormatTests.Sample(new BoltFile(), 20_000).Build();
        using CountingStream stream = new(file);
        using SnapshotReader reader = SnapshotReader.Open(stream, leaveOpen: true);
        using IEnumerator<SnapshotObject> objects = reader.ReadNewestFirst().GetEnumerator();

        Assert.True(objects.MoveNext());

        Assert.InRange(stream.BytesRead, 1, file.Length / 10);
    }

    [Fact]
    public void A_reading_that_is_cancelled_ends_with_the_page_it_is_at()
    {
        using CancellationTokenSource cancel = new();
        using SnapshotReader reader = SnapshotFormatTests.Open(SnapshotFormatTests.Sample(new BoltFile(), 20_000).Build());
        using IEnumerator<SnapshotObject> objects = reader.ReadNewestFirst(cancellationToken: cancel.Token).GetEnumerator();
        Assert.True(objects.MoveNext());
        cancel.Cancel();

        int more = 0;
        Assert.Throws<OperationCanceledException>(() =>
        {
            while (objects.MoveNext())
            {
                more++;
            }
        });

        Assert.InRange(more, 0, 200);
    }

    [Fact]
    public void Values_come_as_text_as_data_and_as_bytes_when_they_are_asked_for()
    {
        EtcdFile file = Cluster()
            .Put("plain", "17")
            .Put("binary", [0, 1])
            .Put("/registry/secrets/default/tls", Proto.Kubernetes("v1", "Secret", Proto.Bytes(2, [.. Proto.Text(1, "key"), .. Proto.Bytes(2, [0xFF, 0])])))
            .Put("/registry/secrets/default/json", """{"kind":"Secret","data":{"a":"eA=="}}""");
        using SnapshotReader reader = SnapshotFormatTests.Open(file.Build());

        Dictionary<string, SnapshotObject> items = reader.ReadContent().ToDictionary(item => item.Name ?? item.Key, item => reader.WithValue(item, raw: true, decoded: true));

        Assert.All(items.Values, item => Assert.Equal(item.Size, item.Raw!.Length));
        Assert.Equal("17", items["plain"].Value);
        Assert.Null(items["binary"].Value);
        Assert.Null(items["web"].Data);
        Assert.Null(items["web"].Value);
        Assert.Contains("IPPool", items["default"].Value, StringComparison.Ordinal);
        Assert.Equal(new byte[] { 0xFF, 0 }, items["tls"].Data!["key"]);
        Assert.Equal("x", items["json"].Data!["a"]);
        Assert.Equal("{\"desiredState\":{}}", items["full-cluster-state"].Data!["full-cluster-state"]);
        Assert.Equal(["full-cluster-state", "json", "tls"], items.Where(item => item.Value.HoldsSecret).Select(item => item.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_key_prefix_is_taken_as_it_is()
    {
        using SnapshotReader reader = SnapshotFormatTests.Open(Cluster().Build());

        Assert.Equal(["token"], reader.ReadContent(new ContentFilter { KeyPrefix = "/registry/secrets/" }).Select(item => item.Name));
    }

    [Fact]
    public void An_older_state_is_read_until_it_was_compacted_away()
    {
        EtcdFile file = new EtcdFile().WithBuckets().Put("a", "1").Put("b", "1").Put("a", "22").Delete("b").Put("c", "1");
        using SnapshotReader reader = SnapshotFormatTests.Open(file.Meta("finishedCompactRev", EtcdFile.RevisionKey(3)).Build());

        Assert.Equal(["a", "c"], Keys(6));
        Assert.Equal(["a"], Keys(5));
        Assert.Equal(["a", "b"], Keys(3));
        Assert.Equal(1, reader.ReadContent(new ContentFilter { AtRevision = 3 }).First().Size);
        Assert.Equal((3L, 6L), Bounds(2));
        Assert.Equal((3L, 6L), Bounds(7));

        IEnumerable<string> Keys(long revision) => reader.ReadContent(new ContentFilter { AtRevision = revision }).Select(item => item.Key);

        (long, long) Bounds(long revision)
        {
            RevisionUnavailableException gone = Assert.Throws<RevisionUnavailableException>(
                () => reader.ReadContent(new ContentFilter { AtRevision = revision }));
            return (gone.Oldest, gone.Newest);
        }
    }

    [Fact]
    public void A_summary_counts_kinds_namespaces_and_history()
    {
        EtcdFile file = Cluster().Put("/registry/configmaps/default/x", "12345").Put("/registry/configmaps/default/x", "123").Delete("/registry/configmaps/default/x");
        using SnapshotReader reader = SnapshotFormatTests.Open(file.Build());

        SnapshotSummary summary = reader.Summarize();

        Assert.Equal((4L, 3L, 8L, 1L), (summary.Count, summary.HistoryCount, summary.HistoryBytes, summary.DeletionCount));
        Assert.Equal(summary.Bytes, summary.ByKind.Sum(kind => kind.Bytes));
        Assert.Equal(summary.Bytes, summary.ByNamespace.Sum(space => space.Bytes));
        Assert.Equal(4, summary.Biggest.Count);
        Assert.Equal(summary.Biggest.OrderByDescending(item => item.Size), summary.Biggest);
    }

    [Fact]
    public void A_comparison_tells_what_was_added_removed_and_changed()
    {
        using SnapshotReader before = SnapshotFormatTests.Open(new EtcdFile().WithBuckets().Put("a", "1").Put("b", "1").Put("c", "1").Put("d", "1").Build());
        using SnapshotReader after = SnapshotFormatTests.Open(
            new EtcdFile().WithBuckets().Put("a", "1").Put("b", "1").Put("c", "1").Put("e", "1").Put("b", "2").Put("c", "1").Build());

        List<SnapshotDifference> found = before.CompareTo(after).ToList();

        Assert.Equal(
            [("b", ObjectChange.Changed, true), ("c", ObjectChange.Changed, false), ("d", ObjectChange.Removed, true), ("e", ObjectChange.Added, true)],
            found.Select(item => (item.Key, item.Change, item.ValueDiffers)));
        Assert.Equal((3L, 6L), (found[0].ReferenceRevision!.Value, found[0].DifferenceRevision!.Value));
    }

    [Theory]
    [InlineData("/backup/snap1", "/etc/kubernetes/snap1.rkestate")]
    [InlineData("backup/snap1", "etc/kubernetes/snap1.rkestate")]
    [InlineData("snap1", "snap1.rkestate")]
    public async Task A_zip_of_RKE_is_read_like_the_file_in_it(string database, string state)
    {
        byte[] file = Cluster().Build();
        using MemoryStream zip = Zip((state, [1, 2, 3]), (database, file));
        string[] before = TemporaryFiles();

        using (SnapshotReader reader = SnapshotReader.Open(zip, leaveOpen: true))
        {
            Assert.Equal(SnapshotIntegrity.Sound, (await reader.CheckAsync()).Integrity);
            Assert.Equal(file.Length, reader.Size);
            Assert.Equal(4, reader.ReadContent().Count());
        }

        Assert.Equal(before, TemporaryFiles());
    }

    [Fact]
    public void A_zip_without_a_snapshot_or_with_damage_is_corrupt()
    {
        byte[] zip = Zip(("/backup/snap1", Cluster().Build())).ToArray();

        Assert.Throws<SnapshotCorruptException>(() => SnapshotReader.Open(Zip(("x.rkestate", [1])), false));
        Assert.Throws<SnapshotCorruptException>(() => SnapshotFormatTests.Open(zip[..^30]));
        for (int at = 0; at < zip.Length; at++)
        {
            byte[] damaged = [.. zip];
            damaged[at] ^= 0x55;
            try
            {
                using SnapshotReader reader = SnapshotFormatTests.Open(damaged);
            }
            catch (SnapshotCorruptException)
            {
                // One of the two it may come to.
            }
        }
    }

    private static string[] TemporaryFiles() => Directory.GetFiles(Path.GetTempPath(), "etcd-snapshot-*.db");

    private static MemoryStream Zip(params (string Name, byte[] Content)[] files)
    {
        MemoryStream zip = new();
        using (ZipArchive archive = new(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in files)
            {
                using Stream entry = archive.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        zip.Position = 0;
        return zip;
    }

    private static (string?, string?, ValueEncoding) Type(SnapshotObject item) => (item.ApiVersion, item.Kind, item.Encoding);

    private static EtcdFile Cluster() => new EtcdFile().WithBuckets()
        .Put("/registry/deployments/default/web", Proto.Kubernetes("apps/v1", "Deployment", [1, 2, 3]))
        .Put("/registry/crd.projectcalico.org/ippools/default", """{"apiVersion":"crd.projectcalico.org/v1","kind":"IPPool","metadata":{"kind":"no"}}""")
        .Put("/registry/secrets/default/token", [.. Encoding.ASCII.GetBytes("k8s:enc:aescbc:v1:key1:"), 1, 2, 3, 4])
        .Put(
            "/registry/configmaps/kube-system/full-cluster-state",
            Proto.Kubernetes("v1", "ConfigMap", Proto.Bytes(2, [.. Proto.Text(1, "full-cluster-state"), .. Proto.Text(2, "{\"desiredState\":{}}")])));
}
