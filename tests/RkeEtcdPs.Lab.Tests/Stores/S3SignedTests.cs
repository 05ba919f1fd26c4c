using Amazon.S3;
using Amazon.S3.Model;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Stores;

/// <summary>Buckets of a server that verifies signatures and knows all of uploads in parts.</summary>
public sealed class S3SignedTests(SharedSwift shared) : S3Test, IClassFixture<SharedSwift>
{
    private const string WrongSecret = "not-the-secret-of-anybody";

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Names_with_every_sign_go_there_and_back_are_replaced_in_parts_and_no_wrong_secret_gets_in()
    {
        SwiftServer server = await shared.GetAsync();
        // Each part of a server-side copy must have five megabytes here.
        S3Connection connection = server.Connection with { LargestCopy = 16 << 20 };
        S3Destination bucket = new(new S3Address(SwiftServer.Bucket, "a folder/+"), connection);
        const string name = "rke_2026-11-22T10:00:00+01:00";
        Single(await CopyAsync(Make(name, 9_000, "old"), bucket));

        EtcdSnapshot copy = Single(await CopyAsync(Make(name, Large), bucket, replace: true));
        EtcdSnapshot back = Single(await CopyAsync(copy, new FolderDestination(Path.Combine(Folder, "back")), connection));
        EtcdSnapshotException denied = Assert.Single(await CopyAsync(copy with { Location = SnapshotLocation.S3 }, new FolderDestination(Path.Combine(Folder, "no")), connection with { SecretKey = new Secret(WrongSecret) })).Failure!;

        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Folder, "made", name)), await File.ReadAllBytesAsync(back.Path));
        EtcdSnapshot listed = Assert.Single(await ListAsync(connection, "a folder/+"));
        Assert.Equal((name, copy.ContentHash, copy.CreatedAt), (listed.Name, listed.ContentHash, listed.CreatedAt));
        Assert.Contains("secret key is not the one", Assert.IsType<StoreAccessDeniedException>(denied).Message);
        Assert.DoesNotContain(WrongSecret, denied.ToString());
        Assert.Empty(await ListAsync(connection, "a folder"));
    }

    [SkippableFact]
    public async Task Credentials_come_from_a_profile_and_one_that_is_not_there_is_told_by_name()
    {
        const string variable = "AWS_SHARED_CREDENTIALS_FILE";
        SwiftServer server = await shared.GetAsync();
        string file = Path.Combine(Folder, "credentials");
        await File.WriteAllTextAsync(
            file,
            $"[default]\naws_access_key_id = nobody\naws_secret_access_key = {WrongSecret}\n"
            + $"[backup]\naws_access_key_id = {server.Connection.AccessKey!.Reveal()}\naws_secret_access_key = {server.Connection.SecretKey!.Reveal()}\n");
        S3Connection connection = server.Connection with { AccessKey = null, SecretKey = null };
        string? before = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, file);
        try
        {
            EtcdSnapshot snapshot = Make("one", 9_000);
            S3Destination bucket = new(new S3Address(SwiftServer.Bucket), connection with { ProfileName = "backup" });

            Assert.Equal(snapshot.ContentHash, Single(await CopyAsync(snapshot, bucket)).ContentHash);

            Assert.IsType<StoreAccessDeniedException>(await FailAsync(snapshot, connection with { ProfileName = "default" }));
            EtcdSnapshotException missing = await FailAsync(snapshot, connection with { ProfileName = "night" });
            Assert.Contains("there is no profile night", Assert.IsType<StoreAccessDeniedException>(missing).Message);
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, before);
        }
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Upload_that_broke_goes_on_with_the_parts_that_the_server_has()
    {
        await using SwiftServer server = await SwiftServer.StartAsync();
        bool broken = true;
        await using FaultProxy proxy = new(server.Port, line => broken && line.Contains("partNumber=4", StringComparison.Ordinal) ? "500 Internal Server Error" : null);
        S3Connection connection = server.Connection with { Endpoint = $"http://127.0.0.1:{proxy.Port}" };
        S3Destination bucket = new(new S3Address(SwiftServer.Bucket), connection);
        EtcdSnapshot file = Make("one", Large);

        Assert.IsType<StoreUnavailableException>(Assert.Single(await CopyAsync(file, [bucket], resume: true)).Failure);
        EtcdSnapshot left = Assert.Single(await ListAsync(connection, ""));
        Assert.Equal(("one", SnapshotKind.Unfinished), (left.Name, left.Kind));
        Assert.True(left.Size >= 3 * S3Upload.FirstPart);

        broken = false;
        proxy.Heads.Clear();
        Assert.True(Single(await CopyAsync(file, [bucket], resume: true)).Verified);
        // The first says to others that somebody is at it again.
        Assert.Single(proxy.Heads, head => head.Contains("partNumber=1&", StringComparison.Ordinal));
        Assert.DoesNotContain(proxy.Heads, head => head.Contains("partNumber=2&", StringComparison.Ordinal));
        Assert.Contains(proxy.Heads, head => head.Contains("partNumber=4&", StringComparison.Ordinal));
        Assert.Equal((SnapshotKind.OneTime, file.ContentHash), Assert.Single(await ListAsync(connection, "")) is var only ? (only.Kind, only.ContentHash) : default);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Upload_that_ends_while_uploads_are_listed_is_left_out()
    {
        await using SwiftServer server = await SwiftServer.StartAsync();
        const string key = "a/.one.etcdsnapshot-0a1b2c3d.part";
        string id = await LeaveUploadAsync(server, key, Make("one", Large));
        await LeaveUploadAsync(server, "a/.two.etcdsnapshot-0a1b2c3d.part", Make("two", Large));
        await using S3Store store = new(new S3Address(SwiftServer.Bucket, "a"), server.Connection);
        bool ended = false;
        await using FaultProxy proxy = new(server.Port, line =>
        {
            if (!ended && line.StartsWith("GET ", StringComparison.Ordinal) && line.Contains("uploadId=", StringComparison.Ordinal) && line.Contains(".one.", StringComparison.Ordinal))
            {
                ended = true;
                new S3Uploads(store).RemoveAsync(key, id, CancellationToken.None).Wait();
            }

            return null;
        });

        EtcdSnapshot left = Assert.Single(await ListAsync(server.Connection with { Endpoint = $"http://127.0.0.1:{proxy.Port}" }, "a"));

        Assert.True(ended);
        Assert.Equal("two", left.Name);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Parts_of_another_snapshot_are_not_taken_for_its_own()
    {
        await using SwiftServer server = await SwiftServer.StartAsync();
        S3Destination bucket = new(new S3Address(SwiftServer.Bucket), server.Connection);
        await LeaveUploadAsync(server, ".one.etcdsnapshot.part", Make("one", Large, "other"));
        EtcdSnapshot file = Make("one", Large);

        Assert.Equal(file.ContentHash, Single(await CopyAsync(file, [bucket], resume: true)).ContentHash);

        EtcdSnapshot listed = Assert.Single(await ListAsync(server.Connection, ""));
        Assert.Equal((file.ContentHash, file.CreatedAt), (listed.ContentHash, listed.CreatedAt));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Unfinished_upload_is_shown_and_can_be_given_up_when_nobody_sends_any_more()
    {
        await using SwiftServer server = await SwiftServer.StartAsync();
        string id = await LeaveUploadAsync(server, "a/.one.etcdsnapshot.part", Make("one", Large));
        await LeaveUploadAsync(server, "ab/.two.etcdsnapshot.part", Make("two", Large));
        await using S3Store store = new(new S3Address(SwiftServer.Bucket, "a"), server.Connection);

        EtcdSnapshot left = Assert.Single(await ListAsync(server.Connection, "a"));

        Assert.Equal(("one", SnapshotKind.Unfinished, (long)S3Upload.FirstPart), (left.Name, left.Kind, left.Size));
        await Assert.ThrowsAsync<SnapshotNotRemovedException>(() => store.RemoveAsync(left, CancellationToken.None));
        await new S3Uploads(store).RemoveAsync("a/.one.etcdsnapshot.part", id, CancellationToken.None);
        Assert.Empty(await ListAsync(server.Connection, "a"));
        await Assert.ThrowsAsync<SnapshotNotFoundException>(() => store.RemoveAsync(left, CancellationToken.None));
        Assert.Single(await ListAsync(server.Connection, "ab"));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Server_that_does_not_tell_of_unfinished_uploads_refuses_to_go_on_before_anything_is_sent()
    {
        await using S3Server server = await S3Server.StartAsync(tls: false);
        await using FaultProxy proxy = new(server.Port, _ => null);
        S3Destination bucket = new(new S3Address(S3Server.Bucket), server.Connection with { Endpoint = $"http://127.0.0.1:{proxy.Port}" });

        Assert.IsType<ResumeNotPossibleException>(Assert.Single(await CopyAsync(Make("one", Large), [bucket], resume: true)).Failure);
        Assert.DoesNotContain(proxy.Heads, head => head.StartsWith("PUT ", StringComparison.Ordinal) || head.StartsWith("POST ", StringComparison.Ordinal));
    }

    /// <summary>What a client that is killed leaves after its first part.</summary>
    private static async Task<string> LeaveUploadAsync(SwiftServer server, string key, EtcdSnapshot file)
    {
        using AmazonS3Client client = S3Client.Create(server.Connection);
        string id = (await client.InitiateMultipartUploadAsync(SwiftServer.Bucket, key)).UploadId;
        byte[] bytes = (await File.ReadAllBytesAsync(file.Path))[..S3Upload.FirstPart];
        await client.UploadPartAsync(new UploadPartRequest { BucketName = SwiftServer.Bucket, Key = key, UploadId = id, PartNumber = 1, PartSize = bytes.Length, InputStream = new MemoryStream(bytes), UseChunkEncoding = false });
        return id;
    }
}
