using System.Diagnostics;
using System.Security.Cryptography;
using Amazon.S3.Model;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>Writes one object from a stream, in parts of which few are in memory. Until all are there nothing has the key.</summary>
/// <param name="store">The folder.</param>
/// <param name="key">The key.</param>
/// <param name="source">What is said of it in its metadata.</param>
/// <param name="resume">Whether parts stay when it breaks, for another one to go on with.</param>
/// <param name="begun">One that broke, whose parts need not be sent again; null for none.</param>
internal sealed class S3Upload(S3Store store, string key, EtcdSnapshot source, bool resume = false, S3BegunUpload? begun = null)
{
    /// <summary>The bytes of the first parts.</summary>
    public const int FirstPart = 8 * 1024 * 1024;

    private const int PartsAtOnce = 3;
    private const int PartsOfOneSize = 1000;

    // Much less than after which others take an upload for one that nobody is at.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    private readonly Stopwatch _silence = new();

    private string Place => store.Address.Path(key);

    /// <summary>The parts that the server had already.</summary>
    public int Kept { get; private set; }

    /// <summary>The bytes of a part: a thousand of each size, each size twice the one before. So ten thousand parts, which is the most there may be, hold 8 TB.</summary>
    public static int PartSize(int number) => FirstPart << Math.Min((number - 1) / PartsOfOneSize, 6);

    /// <summary>Writes it.</summary>
    /// <param name="content">The bytes; when they end in a failure, nothing is written.</param>
    /// <param name="cancellationToken">Stops it, and removes the parts that were sent.</param>
    public async Task<SentObject> RunAsync(Stream content, CancellationToken cancellationToken)
    {
        byte[] first = new byte[PartSize(1)];
        int size = await content.ReadAtLeastAsync(first, first.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (size < first.Length)
        {
            return new SentObject(size, await PutAsync(first, size, cancellationToken).ConfigureAwait(false));
        }

        string id = begun?.Id ?? await BeginAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await SendPartsAsync(id, content, first, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // What is wrong in itself is of no use to another try.
            if (!resume || error is SnapshotCorruptException or SnapshotMismatchException)
            {
                await new S3Uploads(store).AbortAsync(key, id).ConfigureAwait(false);
            }

            throw;
        }
    }

    private async Task<string> BeginAsync(CancellationToken cancellationToken)
    {
        InitiateMultipartUploadRequest request = new()
        {
            BucketName = store.Address.Bucket,
            Key = key,
            ServerSideEncryptionMethod = store.Encryption,
            ServerSideEncryptionKeyManagementServiceKeyId = store.Connection.KmsKeyId,
        };
        S3Store.Describe(request.Metadata, source);
        return (await store.AskAsync(Place, (client, token) => client.InitiateMultipartUploadAsync(request, token), cancellationToken).ConfigureAwait(false)).UploadId;
    }

    private async Task<string> PutAsync(byte[] bytes, int size, CancellationToken cancellationToken)
    {
        PutObjectRequest request = new()
        {
            BucketName = store.Address.Bucket,
            Key = key,
            InputStream = new MemoryStream(bytes, 0, size, writable: false),
            // In one signed piece: not every server takes the chunks that the SDK would make of it.
            UseChunkEncoding = false,
            ServerSideEncryptionMethod = store.Encryption,
            ServerSideEncryptionKeyManagementServiceKeyId = store.Connection.KmsKeyId,
        };
        S3Store.Describe(request.Metadata, source);
        return (await store.AskAsync(Place, (client, token) => client.PutObjectAsync(request, token), cancellationToken).ConfigureAwait(false)).ETag;
    }

    private async Task<SentObject> SendPartsAsync(string id, Stream content, byte[] first, CancellationToken cancellationToken)
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
                Task<PartETag> part = !IsSilent && Find(number, buffer.AsSpan(0, size)) is { } there ? Task.FromResult(there) : SendPartAsync(id, number, buffer, size, stop.Token);
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
            CompleteMultipartUploadResponse answer = await store.AskAsync(Place, (client, token) => client.CompleteMultipartUploadAsync(request, token), cancellationToken).ConfigureAwait(false);
            return new SentObject(total, answer.ETag);
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(sent)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <summary>True at the beginning and when nothing was sent for long: then a part is sent that is there already, to show others that somebody is at it.</summary>
    private bool IsSilent => !_silence.IsRunning || _silence.Elapsed > LongestSilence;

    /// <summary>The part that the server has already with the same bytes; null when it has none.</summary>
    /// <remarks>Servers name a part by its MD5. One that does not, as some do that encrypt, is sent all of it again. What proves the whole is its SHA-256.</remarks>
    private PartETag? Find(int number, ReadOnlySpan<byte> bytes)
    {
        PartDetail? there = begun?.Parts.FirstOrDefault(part => part.PartNumber == number);
#pragma warning disable CA5351 // It is the servers' name for a part, and guards nothing.
        if (there is null || there.Size != bytes.Length || !string.Equals(there.ETag.Trim('"'), Convert.ToHexString(MD5.HashData(bytes)), StringComparison.OrdinalIgnoreCase))
#pragma warning restore CA5351
        {
            return null;
        }

        Kept++;
        return new PartETag(number, there.ETag);
    }

    private async Task<PartETag> SendPartAsync(string id, int number, byte[] bytes, int size, CancellationToken cancellationToken)
    {
        _silence.Restart();
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
}
