using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Stores;

/// <summary>An object that is there already, and a copy of its name that breaks at one point or another.</summary>
public sealed class S3ReplaceTests : S3Test
{
    // How the keys begin that copies are sent to.
    private const string Part = ".one.etcdsnapshot-";

    [SkippableTheory]
    [InlineData("PUT", "partNumber=3", "500 Internal Server Error", typeof(StoreUnavailableException))]
    [InlineData("POST", "uploadId=", "403 Forbidden", typeof(StoreAccessDeniedException))]
    [InlineData("GET", "/etcd/" + Part, "500 Internal Server Error", typeof(StoreUnavailableException))]
    [InlineData("PUT", "/etcd/one ", "500 Internal Server Error", typeof(StoreUnavailableException))]
    [InlineData("PUT", "/etcd/one ", "hang", typeof(StoreUnavailableException))]
    public async Task Replacement_that_breaks_leaves_the_old_object_whole_and_says_so(string method, string what, string fault, Type expected)
    {
        await using S3Server server = await S3Server.StartAsync(tls: false);
        EtcdSnapshot old = Make("one", 9_000, "old");
        Single(await CopyAsync(old, new S3Destination(new S3Address(S3Server.Bucket), server.Connection)));
        await using FaultProxy proxy = new(server.Port, line => line.StartsWith($"{method} ", StringComparison.Ordinal) && line.Contains(what, StringComparison.Ordinal) ? fault : null);
        S3Connection connection = server.Connection with { Endpoint = $"http://127.0.0.1:{proxy.Port}", Retries = 0, RequestTimeout = TimeSpan.FromSeconds(fault == "hang" ? 5 : 60) };

        CopyOutcome outcome = Assert.Single(await CopyAsync(Make("one", Large), new S3Destination(new S3Address(S3Server.Bucket), connection), replace: true));

        Assert.IsType(expected, outcome.Failure);
        Assert.Contains("What was at s3://etcd/one before is still there, as it was.", outcome.Failure!.Message);
        EtcdSnapshot left = Assert.Single(await ListAsync(server, ""));
        Assert.Equal(("one", SnapshotKind.OneTime, old.ContentHash), (left.Name, left.Kind, left.ContentHash));
    }

    [SkippableFact]
    public async Task Replacement_that_the_server_gives_back_wrong_is_never_named()
    {
        await using S3Server server = await S3Server.StartAsync(tls: false);
        EtcdSnapshot old = Make("one", 9_000, "old");
        S3Destination bucket = new(new S3Address(S3Server.Bucket), server.Connection);
        Single(await CopyAsync(old, bucket));
        bool rotten = false;
        await using FaultProxy proxy = new(server.Port, line =>
        {
            if (line.StartsWith($"GET /etcd/{Part}", StringComparison.Ordinal) && !rotten)
            {
                rotten = true;
                using FileStream stored = new(server.FileOf(line.Split(' ')[1]["/etcd/".Length..].Split('?')[0]), FileMode.Open, FileAccess.Write);
                stored.Position = 1 << 20;
                stored.WriteByte(1);
                stored.WriteByte(2);
            }

            return null;
        });
        S3Destination throughProxy = bucket with { Connection = server.Connection with { Endpoint = $"http://127.0.0.1:{proxy.Port}" } };

        EtcdSnapshotException failure = Assert.Single(await CopyAsync(Make("one", Large), throughProxy, replace: true)).Failure!;

        Assert.True(rotten);
        Assert.IsType<SnapshotMismatchException>(failure);
        Assert.Contains("is still there, as it was", failure.Message);
        Assert.Equal(old.ContentHash, Assert.Single(await ListAsync(server, "")).ContentHash);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Speed", "Long")]
    public async Task What_the_server_copies_wrong_does_not_keep_the_name_and_what_became_of_it_is_said(bool replaced)
    {
        await using S3Server server = await S3Server.StartAsync(tls: false);
        S3Destination bucket = new(new S3Address(S3Server.Bucket), server.Connection);
        if (replaced)
        {
            Single(await CopyAsync(Make("one", 9_000, "old"), bucket));
        }

        bool named = false;
        bool rotten = false;
        await using FaultProxy proxy = new(server.Port, line =>
        {
            if (named && !rotten && line.StartsWith("HEAD /etcd/one ", StringComparison.Ordinal))
            {
                rotten = true;
                using FileStream stored = new(server.FileOf("one"), FileMode.Open, FileAccess.ReadWrite);
                stored.Position = stored.Length - 1;
                int last = stored.ReadByte();
                stored.Position = stored.Length - 1;
                stored.WriteByte((byte)(last ^ 1));
            }

            named |= line.StartsWith("PUT /etcd/one ", StringComparison.Ordinal);
            return null;
        });
        S3Destination throughProxy = bucket with { Connection = server.Connection with { Endpoint = $"http://127.0.0.1:{proxy.Port}" } };

        EtcdSnapshotException failure = Assert.Single(await CopyAsync(Make("one", 20_000), throughProxy, replace: replaced)).Failure!;

        Assert.True(rotten);
        Assert.IsType<SnapshotMismatchException>(failure);
        if (replaced)
        {
            Assert.Contains("is wrong, and was left there. What was at s3://etcd/one before is not there any more.", failure.Message);
            Assert.Equal("one", Assert.Single(await ListAsync(server, "")).Name);
        }
        else
        {
            Assert.Contains("What the server copied to s3://etcd/one was removed.", failure.Message);
            Assert.Empty(await ListAsync(server, ""));
        }
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task What_a_killed_client_left_is_shown_as_unfinished_and_the_next_copy_is_not_kept_from()
    {
        await using S3Server server = await S3Server.StartAsync(tls: false);
        bool dead = false;
        await using FaultProxy proxy = new(server.Port, line => (dead |= line.StartsWith("PUT /etcd/one ", StringComparison.Ordinal)) ? "500 Internal Server Error" : null);
        S3Destination dying = new(new S3Address(S3Server.Bucket), server.Connection with { Endpoint = $"http://127.0.0.1:{proxy.Port}", Retries = 0 });
        EtcdSnapshot file = Make("one", 9_000);

        Assert.NotNull(Assert.Single(await CopyAsync(file, dying)).Failure);

        EtcdSnapshot left = Assert.Single(await ListAsync(server, ""));
        Assert.Equal(("one", SnapshotKind.Unfinished, null), (left.Name, left.Kind, left.ContentHash));
        Assert.Matches("^s3://etcd/\\.one\\.etcdsnapshot-[0-9a-f]{8}\\.part$", left.Path);
        await using (ISnapshotStore store = S3Store.Open(new S3Address(S3Server.Bucket), server.Connection))
        {
            // Somebody may still be at it.
            await Assert.ThrowsAsync<SnapshotNotRemovedException>(() => store.RemoveAsync(left, CancellationToken.None));
        }

        Single(await CopyAsync(file, new S3Destination(new S3Address(S3Server.Bucket), server.Connection)));
        // What somebody may still be at is left alone.
        Assert.Equal([SnapshotKind.OneTime, SnapshotKind.Unfinished], (await ListAsync(server, "")).Select(found => found.Kind).Order());
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Clients_that_send_one_name_at_the_same_time_do_each_other_no_harm()
    {
        await using S3Server server = await S3Server.StartAsync(tls: false);
        EtcdSnapshot file = Make("one", 9_000);
        S3Destination bucket = new(new S3Address(S3Server.Bucket), server.Connection);
        Task<CopyOutcome[]>? other = null;
        await using FaultProxy proxy = new(server.Port, line =>
        {
            if (line.StartsWith($"GET /etcd/{Part[..^1]}", StringComparison.Ordinal) && other is null)
            {
                // From its beginning to its end, while the first reads back what it sent.
                other = CopyAsync(file, bucket, replace: true);
                other.Wait();
            }

            return null;
        });

        EtcdSnapshot copy = Single(await CopyAsync(file, bucket with { Connection = server.Connection with { Endpoint = $"http://127.0.0.1:{proxy.Port}" } }, replace: true));

        Assert.True(copy.Verified && Single(await other!).Verified);
        Assert.Equal((SnapshotKind.OneTime, file.ContentHash), Assert.Single(await ListAsync(server, "")) is var only ? (only.Kind, only.ContentHash) : default);
    }

    [SkippableFact]
    public async Task Requests_are_signed_for_the_region_and_ask_for_the_encryption_that_was_chosen()
    {
        await using S3Server server = await S3Server.StartAsync(tls: false);
        await using FaultProxy proxy = new(server.Port, _ => null);
        S3Connection connection = server.Connection with { Endpoint = $"http://127.0.0.1:{proxy.Port}", Region = "eu-lab-7", Encryption = "aws:kms", KmsKeyId = "key-1" };

        Single(await CopyAsync(Make("one", Large), new S3Destination(new S3Address(S3Server.Bucket), connection)));
        Single(await CopyAsync(Make("two", 9_000), new S3Destination(new S3Address(S3Server.Bucket), connection)));

        Assert.All(proxy.Heads, head => Assert.Matches("Authorization: AWS4-HMAC-SHA256 Credential=S3RVER/\\d{8}/eu-lab-7/s3/aws4_request", head));
        // What writes: the begin of an upload in parts, an object in one piece, and the copies to the names.
        string[] writes = [.. proxy.Heads.Where(head => (head.StartsWith($"POST /etcd/{Part}", StringComparison.Ordinal) && head.Contains("?uploads", StringComparison.Ordinal)) || (head.StartsWith("PUT ", StringComparison.Ordinal) && !head.Contains("partNumber=", StringComparison.Ordinal)))];
        Assert.Equal(4, writes.Length);
        Assert.All(writes, head => Assert.Contains("x-amz-server-side-encryption: aws:kms", head));
        Assert.All(writes, head => Assert.Contains("x-amz-server-side-encryption-aws-kms-key-id: key-1", head));
        // Every byte that is sent is hashed for the server to check.
        Assert.All(proxy.Heads.Where(head => head.StartsWith("PUT ", StringComparison.Ordinal)), head => Assert.Matches("(?i)x-amz-content-sha256: [0-9a-f]{64}", head));
    }
}
