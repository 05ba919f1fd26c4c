using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>A folder of a bucket. Only what uses it loads the SDK.</summary>
internal sealed class S3Store : ISnapshotStore
{
    /// <summary>The metadata that says the SHA-256 of the database in an object.</summary>
    public const string HashMetadata = "etcdsnapshot-sha256";

    /// <summary>The metadata that says when the snapshot was taken, which the time of an object does not.</summary>
    public const string CreatedMetadata = "etcdsnapshot-created";

    /// <summary>The metadata that says which cluster it is of.</summary>
    public const string ClusterMetadata = "etcdsnapshot-cluster";

    private const int LooksAtOnce = 16;
    private const int Sector = 512;

    // Room for a directory of a few members, and for the longest comment behind it.
    private const int ZipDirectory = 128 * 1024;

    // Two snapshots differ in their first pages, which say how many changes there were.
    private const int Compared = 256 * 1024;

    private readonly S3Address _address;
    private readonly IProgress<HostEvent>? _story;
    private readonly Lazy<AmazonS3Client> _client;

    public S3Store(S3Address address, S3Connection connection, IProgress<HostEvent>? story = null)
    {
        _address = address;
        _story = story;
        Connection = connection;
        _client = new Lazy<AmazonS3Client>(() => S3Client.Create(connection));
    }

    public string Name => _address.ToString();

    /// <summary>The folder.</summary>
    public S3Address Address => _address;

    /// <summary>How it is reached.</summary>
    public S3Connection Connection { get; }

    /// <summary>How the server encrypts; null for the bucket's own way.</summary>
    public ServerSideEncryptionMethod? Encryption => Connection.Encryption is { } method ? ServerSideEncryptionMethod.FindValue(method) : null;

    /// <summary>Opens a store. The caller never names a type of the SDK.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ISnapshotStore Open(S3Address address, S3Connection connection, IProgress<HostEvent>? story = null) => new S3Store(address, connection, story);

    /// <summary>Opens the end of an object, as a stream of the length of all of it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task<Stream> OpenEndAsync(S3Address address, S3Connection connection, EtcdSnapshot snapshot, int most, CancellationToken cancellationToken)
    {
        await using S3Store store = new(address, connection);
        long start = Math.Max(0, snapshot.Size - most);
        return new FileEnd(snapshot.Size, snapshot.Size == 0 ? [] : await store.ReadAsync(store.Key(snapshot), start, snapshot.Size - start, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<EtcdSnapshot> ListAsync(IReadOnlyList<string> names, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string prefix = _address.Key("");
        ListObjectsV2Request request = new() { BucketName = _address.Bucket, Prefix = prefix, Delimiter = "/" };
        do
        {
            ListObjectsV2Response page = await AskAsync(Name, (client, token) => client.ListObjectsV2Async(request, token), cancellationToken).ConfigureAwait(false);
            // A key that only begins like the folder is not in it, and the folder's own key is no file.
            IEnumerable<S3Object> wanted = (page.S3Objects ?? []).Where(item =>
                item.Key.StartsWith(prefix, StringComparison.Ordinal) && item.Key.Length > prefix.Length && !item.Key[prefix.Length..].Contains('/') && Matches(names, item.Key[prefix.Length..]));
            foreach (S3Object[] group in wanted.Chunk(LooksAtOnce))
            {
                foreach (EtcdSnapshot? snapshot in await Task.WhenAll(group.Select(item => LookAsync(item.Key, cancellationToken))).ConfigureAwait(false))
                {
                    if (snapshot is not null)
                    {
                        yield return snapshot;
                    }
                }
            }

            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);

        foreach (S3BegunUpload upload in await BegunAsync(cancellationToken).ConfigureAwait(false))
        {
            if (Matches(names, upload.Key[prefix.Length..]))
            {
                yield return upload.Describe(_address);
            }
        }
    }

    /// <summary>What is known of one object by its ends; null when there is none of that key.</summary>
    public async Task<EtcdSnapshot?> LookAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            GetObjectMetadataResponse head = await AskAsync(
                _address.Path(key), (client, token) => client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = _address.Bucket, Key = key }, token), cancellationToken).ConfigureAwait(false);
            long size = head.ContentLength;
            byte[] first = size == 0 ? [] : await ReadAsync(key, 0, Math.Min(StoredFile.HeadLength, size), cancellationToken).ConfigureAwait(false);
            byte[] last = size % Sector == StoredFile.TailLength ? await ReadAsync(key, size - StoredFile.TailLength, StoredFile.TailLength, cancellationToken).ConfigureAwait(false) : [];
            DateTime time = (head.LastModified ?? DateTime.UnixEpoch).ToUniversalTime();
            EtcdSnapshot snapshot = new StoredFile(key[_address.Key("").Length..], size, time, IsRegular: true, first, last).Describe(_address.Path(key), SnapshotLocation.S3);
            if (DateTime.TryParse(head.Metadata[CreatedMetadata], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTime created) && snapshot.CreatedAt == snapshot.ModifiedAt)
            {
                snapshot = snapshot with { CreatedAt = created.ToUniversalTime() };
            }

            snapshot = snapshot with { ClusterName = head.Metadata[ClusterMetadata] };
            return snapshot.IsZip && head.Metadata[HashMetadata] is { Length: 64 } hash ? snapshot with { ContentHash = hash } : snapshot;
        }
        catch (SnapshotNotFoundException)
        {
            return null;
        }
    }

    /// <summary>What lies beside the database in a zip, by the zip's end.</summary>
    /// <exception cref="SnapshotCorruptException">It has no directory.</exception>
    public async Task<string?> FindStateAsync(EtcdSnapshot zip, CancellationToken cancellationToken)
    {
        long start = Math.Max(0, zip.Size - ZipDirectory);
        using FileEnd end = new(zip.Size, await ReadAsync(Key(zip), start, zip.Size - start, cancellationToken).ConfigureAwait(false));
        try
        {
            using ZipArchive archive = new(end, ZipArchiveMode.Read);
            return PackedSnapshot.DescribeState(archive);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new SnapshotCorruptException($"its zip has no directory ({error.Message.TrimEnd('.')})", inner: error).In(zip.Path);
        }
    }

    /// <summary>What the server calls the present content of a key.</summary>
    /// <exception cref="SnapshotNotFoundException">It has none.</exception>
    public Task<string> FindETagAsync(string key, CancellationToken cancellationToken) => AskAsync(
        _address.Path(key),
        async (client, token) => (await client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = _address.Bucket, Key = key }, token).ConfigureAwait(false)).ETag,
        cancellationToken);

    /// <inheritdoc />
    public async Task<Stream> OpenAsync(EtcdSnapshot snapshot, CancellationToken cancellationToken)
    {
        GetObjectResponse answer = await AskAsync(
            snapshot.Path, (client, token) => client.GetObjectAsync(new GetObjectRequest { BucketName = _address.Bucket, Key = Key(snapshot) }, token), cancellationToken).ConfigureAwait(false);
        return new SizedStream(new S3ObjectStream(answer.ResponseStream, snapshot.Path), answer.ContentLength, answer.ResponseStream);
    }

    /// <inheritdoc />
    public async Task<Stream?> OpenRestAsync(EtcdSnapshot snapshot, PartialCopy begun, CancellationToken cancellationToken)
    {
        int count = (int)Math.Min(Compared, begun.Length);
        foreach (long offset in (long[])[0, begun.Length - count])
        {
            byte[] there = begun.Length <= snapshot.Size ? await ReadAsync(Key(snapshot), offset, count, cancellationToken).ConfigureAwait(false) : [];
            byte[] here = await begun.ReadAsync(offset, count, cancellationToken).ConfigureAwait(false);
            if (!there.AsSpan().SequenceEqual(here))
            {
                return null;
            }
        }

        if (begun.Length == snapshot.Size)
        {
            return Stream.Null;
        }

        GetObjectRequest request = new()
        {
            BucketName = _address.Bucket,
            Key = Key(snapshot),
            ByteRange = new ByteRange(begun.Length, snapshot.Size - 1),
        };
        GetObjectResponse answer = await AskAsync(snapshot.Path, (client, token) => client.GetObjectAsync(request, token), cancellationToken).ConfigureAwait(false);
        return new SizedStream(answer.ResponseStream, snapshot.Size - begun.Length, answer.ResponseStream);
    }

    /// <inheritdoc />
    /// <exception cref="EtcdSnapshotException">It is not there any more, has changed, or cannot be removed.</exception>
    public async Task RemoveAsync(EtcdSnapshot snapshot, CancellationToken cancellationToken)
    {
        string key = Key(snapshot);
        if (S3BegunUpload.Find(snapshot, key) is { } upload)
        {
            await AbortAsync(snapshot, upload.Key, upload.Id, cancellationToken).ConfigureAwait(false);
            return;
        }

        EtcdSnapshot now = await LookAsync(key, cancellationToken).ConfigureAwait(false) ?? throw new SnapshotNotFoundException(snapshot.Path, "it is not there any more");
        if (now.Size != snapshot.Size || now.ContentHash != snapshot.ContentHash || (snapshot.ModifiedAt is { } seen && now.ModifiedAt != seen))
        {
            throw SnapshotNotRemovedException.Changed(snapshot);
        }

        if (now.Kind is SnapshotKind.Unfinished or SnapshotKind.Empty && (DateTime.UtcNow - now.ModifiedAt!.Value).Duration() < HostRemoval.Quiet)
        {
            throw SnapshotNotRemovedException.BeingWritten(snapshot);
        }

        await DeleteAsync(key, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes an object, whatever it is; that there is none is no failure.</summary>
    public Task DeleteAsync(string key, CancellationToken cancellationToken)
        => AskAsync(_address.Path(key), (client, token) => client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = _address.Bucket, Key = key }, token), cancellationToken);

    /// <summary>Says in an object's metadata what it is a copy of.</summary>
    public static void Describe(MetadataCollection metadata, EtcdSnapshot source)
    {
        metadata[CreatedMetadata] = source.CreatedAt.ToString("O", CultureInfo.InvariantCulture);
        if (source.ContentHash is { } hash)
        {
            metadata[HashMetadata] = hash;
        }

        // Headers hold no other signs.
        if (source.ClusterName is { Length: > 0 } cluster && Ascii.IsValid(cluster) && !cluster.Any(char.IsControl))
        {
            metadata[ClusterMetadata] = cluster;
        }
    }

    /// <summary>Sends a request; its failure is said in our terms.</summary>
    public async Task<T> AskAsync<T>(string place, Func<AmazonS3Client, CancellationToken, Task<T>> request, CancellationToken cancellationToken)
    {
        try
        {
            return await request(_client.Value, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && S3Failure.From(place, error) is { } failure)
        {
            throw failure;
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private async Task<IReadOnlyList<S3BegunUpload>> BegunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await new S3Uploads(this).ListAsync(_address.Key(""), cancellationToken).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException failure) when (S3Uploads.IsWithheld(failure))
        {
            _story?.Report(new HostMessage(Name, $"[s3] Unfinished uploads, if there are any, are not shown. {failure.Message}"));
            return [];
        }
    }

    private async Task AbortAsync(EtcdSnapshot snapshot, string key, string id, CancellationToken cancellationToken)
    {
        S3Uploads uploads = new(this);
        S3BegunUpload now = (await uploads.ListAsync(key, cancellationToken).ConfigureAwait(false)).FirstOrDefault(upload => upload.Key == key && upload.Id == id)
            ?? throw new SnapshotNotFoundException(snapshot.Path, "it is not there any more");
        if (!now.IsQuiet)
        {
            throw SnapshotNotRemovedException.BeingWritten(snapshot);
        }

        await uploads.RemoveAsync(key, id, cancellationToken).ConfigureAwait(false);
    }

    private static bool Matches(IReadOnlyList<string> names, string file)
        => NamePattern.MatchesAny(names, file) || NamePattern.MatchesAny(names, SnapshotFileName.Read(file).Name);

    private string Key(EtcdSnapshot snapshot)
    {
        string top = _address.Path("");
        return snapshot.Location == SnapshotLocation.S3 && snapshot.Path.StartsWith(top, StringComparison.Ordinal) && snapshot.Path.Length > top.Length
            ? snapshot.Path[top.Length..]
            : throw new SnapshotNotFoundException(snapshot.Path, $"that is no place in {Name}");
    }

    private async Task<byte[]> ReadAsync(string key, long offset, long count, CancellationToken cancellationToken)
    {
        GetObjectRequest request = new() { BucketName = _address.Bucket, Key = key, ByteRange = new ByteRange(string.Create(CultureInfo.InvariantCulture, $"bytes={offset}-{offset + count - 1}")) };
        return await AskAsync(
            _address.Path(key),
            async (client, token) =>
            {
                using GetObjectResponse answer = await client.GetObjectAsync(request, token).ConfigureAwait(false);
                byte[] bytes = new byte[count];
                int read = await answer.ResponseStream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, token).ConfigureAwait(false);
                return bytes[..read];
            },
            cancellationToken).ConfigureAwait(false);
    }
}
