using System.Globalization;
using Amazon.S3;
using Amazon.S3.Model;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>Writes one object from a stream, in parts of which few are in memory. Until all are there nothing has the key.</summary>
internal sealed class S3Upload(S3Store store, string key, EtcdSnapshot source)
{
    /// <summary>The bytes of the first parts.</summary>
    public const int FirstPart = 8 * 1024 * 1024;

    private const int PartsAtOnce = 3;
    private const int PartsOfOneSize = 1000;
    private static readonly TimeSpan AbortLimit = TimeSpan.FromSeconds(20);

    private string Place => store.Address.Path(key);

    /// <summary>The bytes of a part: a thousand of each size, each size twice the one before. So ten thousand parts, which is the most there may be, hold 8 TB.</summary>
    public static int PartSize(int number) => FirstPart << Math.Min((number - 1) / PartsOfOneSize, 6);

    /// <summary>Writes it.</summary>
    /// <param name="content">The bytes; when they end in a failure, nothing is written.</param>
    /// <param name="cancellationToken">Stops it, and removes the parts that were sent.</param>
    /// <returns>The bytes written.</returns>
    public async Task<long> RunAsync(Stream content, CancellationToken cancellationToken)
    {
        byte[] first = new byte[PartSize(1)];
        int size = await content.ReadAtLeastAsync(first, first.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (size < first.Length)
        {
            await PutAsync(first, size, cancellationToken).ConfigureAwait(false);
            return size;
        }

        InitiateMultipartUploadRequest request = new()
        {
            BucketName = store.Address.Bucket,
            Key = key,
            ServerSideEncryptionMethod = Encryption,
            ServerSideEncryptionKeyManagementServiceKeyId = store.Connection.KmsKeyId,
        };
        Describe(request.Metadata);
        string id = (await store.AskAsync(Place, (client, token) => client.InitiateMultipartUploadAsync(request, token), cancellationToken).ConfigureAwait(false)).UploadId;
        try
        {
            return await SendPartsAsync(id, content, first, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await AbortAsync(id).ConfigureAwait(false);
            throw;
        }
    }

    private ServerSideEncryptionMethod? Encryption => store.Connection.Encryption is { } method ? ServerSideEncryptionMethod.FindValue(method) : null;

    private async Task PutAsync(byte[] bytes, int size, CancellationToken cancellationToken)
    {
        PutObjectRequest request = new()
        {
            BucketName = store.Address.Bucket,
            Key = key,
            InputStream = new MemoryStream(bytes, 0, size, writable: false),
            // In one signed piece: not every server takes the chunks that the SDK would make of it.
            UseChunkEncoding = false,
            ServerSideEncryptionMethod = Encryption,
            ServerSideEncryptionKeyManagementServiceKeyId = store.Connection.KmsKeyId,
        };
        Describe(request.Metadata);
        await store.AskAsync(Place, (client, token) => client.PutObjectAsync(request, token), cancellationToken).ConfigureAwait(false);
    }

    private async Task<long> SendPartsAsync(string id, Stream content, byte[] first, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task<PartETag>> sent = [];
        Queue<Task<PartETag>> underWay = new();
        long total = 0;
        try
        {
            byte[] buffer = first;
            int size = first.Length;
            for (int number = 1; size > 0; number++)
            {
                Task<PartETag> part = SendPartAsync(id, number, buffer, size, stop.Token);
                sent.Add(part);
                underWay.Enqueue(part);
                total += size;
                if (underWay.Count == PartsAtOnce)
                {
                    await underWay.Dequeue().ConfigureAwait(false);
                }

                buffer = new byte[PartSize(number + 1)];
                size = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, stop.Token).ConfigureAwait(false);
            }

            CompleteMultipartUploadRequest request = new()
            {
                BucketName = store.Address.Bucket,
                Key = key,
                UploadId = id,
                PartETags = [.. await Task.WhenAll(sent).ConfigureAwait(false)],
            };
            await store.AskAsync(Place, (client, token) => client.CompleteMultipartUploadAsync(request, token), cancellationToken).ConfigureAwait(false);
            return total;
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(sent)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private async Task<PartETag> SendPartAsync(string id, int number, byte[] bytes, int size, CancellationToken cancellationToken)
    {
        UploadPartRequest request = new()
        {
            BucketName = store.Address.Bucket,
            Key = key,
            UploadId = id,
            PartNumber = number,
            PartSize = size,
            InputStream = new MemoryStream(bytes, 0, size, writable: false),
            UseChunkEncoding = false,
        };
        UploadPartResponse answer = await store.AskAsync(Place, (client, token) => client.UploadPartAsync(request, token), cancellationToken).ConfigureAwait(false);
        return new PartETag(number, answer.ETag);
    }

    private async Task AbortAsync(string id)
    {
        using CancellationTokenSource limit = new(AbortLimit);
        try
        {
            AbortMultipartUploadRequest request = new() { BucketName = store.Address.Bucket, Key = key, UploadId = id };
            await store.AskAsync(Place, (client, token) => client.AbortMultipartUploadAsync(request, token), limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is Errors.EtcdSnapshotException or OperationCanceledException)
        {
            // The server is gone. Its rule for unfinished uploads removes the parts.
        }
    }

    private void Describe(MetadataCollection metadata)
    {
        metadata[S3Store.CreatedMetadata] = source.CreatedAt.ToString("O", CultureInfo.InvariantCulture);
        if (source.ContentHash is { } hash)
        {
            metadata[S3Store.HashMetadata] = hash;
        }
    }
}
