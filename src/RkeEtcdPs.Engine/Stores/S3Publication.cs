using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>Gives an object that was proved its name: the server copies it there. Until that is done the name holds what it held.</summary>
/// <param name="store">The folder.</param>
/// <param name="from">The key that was sent to.</param>
/// <param name="to">The key that it gets.</param>
/// <param name="source">What is said of it in its metadata.</param>
internal sealed class S3Publication(S3Store store, string from, string to, EtcdSnapshot source)
{
    private const long LargestRange = 1L << 30;

    private string Place => store.Address.Path(to);

    private string Bucket => store.Address.Bucket;

    /// <summary>Copies it.</summary>
    /// <param name="sent">What was proved: if another object has taken its key, that one is not copied.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What the server calls the copy.</returns>
    public async Task<string> RunAsync(SentObject sent, CancellationToken cancellationToken)
    {
        try
        {
            return await CopyAsync(sent, sent.ETag, cancellationToken).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException failure) when (failure.InnerException is AmazonS3Exception { StatusCode: HttpStatusCode.PreconditionFailed })
        {
            // Either it is another object, or a server such as Swift that compares its own name for an upload in parts with the one it gave.
            if (await store.FindETagAsync(from, cancellationToken).ConfigureAwait(false) != sent.ETag)
            {
                throw;
            }

            return await CopyAsync(sent, null, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task<string> CopyAsync(SentObject sent, string? etag, CancellationToken cancellationToken)
        => sent.Size <= store.Connection.LargestCopy ? CopyWholeAsync(etag, cancellationToken) : CopyInPartsAsync(sent.Size, etag, cancellationToken);

    private async Task<string> CopyWholeAsync(string? etag, CancellationToken cancellationToken)
    {
        CopyObjectRequest request = new()
        {
            SourceBucket = Bucket,
            SourceKey = from,
            ETagToMatch = etag,
            DestinationBucket = Bucket,
            DestinationKey = to,
            // A part that an earlier copy had sent may have begun with what was said of another snapshot.
            MetadataDirective = S3MetadataDirective.REPLACE,
            ServerSideEncryptionMethod = store.Encryption,
            ServerSideEncryptionKeyManagementServiceKeyId = store.Connection.KmsKeyId,
        };
        S3Store.Describe(request.Metadata, source);
        return (await store.AskAsync(Place, (client, token) => client.CopyObjectAsync(request, token), cancellationToken).ConfigureAwait(false)).ETag;
    }

    private async Task<string> CopyInPartsAsync(long size, string? etag, CancellationToken cancellationToken)
    {
        InitiateMultipartUploadRequest begin = new()
        {
            BucketName = Bucket,
            Key = to,
            ServerSideEncryptionMethod = store.Encryption,
            ServerSideEncryptionKeyManagementServiceKeyId = store.Connection.KmsKeyId,
        };
        S3Store.Describe(begin.Metadata, source);
        string id = (await store.AskAsync(Place, (client, token) => client.InitiateMultipartUploadAsync(begin, token), cancellationToken).ConfigureAwait(false)).UploadId;
        try
        {
            CompleteMultipartUploadRequest complete = new() { BucketName = Bucket, Key = to, UploadId = id, PartETags = [] };
            long range = Math.Min(LargestRange, store.Connection.LargestCopy);
            for (long at = 0; at < size; at += range)
            {
                int number = complete.PartETags.Count + 1;
                CopyPartRequest part = new()
                {
                    SourceBucket = Bucket,
                    SourceKey = from,
                    ETagToMatch = etag is null ? null : [etag],
                    DestinationBucket = Bucket,
                    DestinationKey = to,
                    UploadId = id,
                    PartNumber = number,
                    FirstByte = at,
                    LastByte = Math.Min(at + range, size) - 1,
                };
                CopyPartResponse copied = await store.AskAsync(Place, (client, token) => client.CopyPartAsync(part, token), cancellationToken).ConfigureAwait(false);
                complete.PartETags.Add(new PartETag(number, copied.ETag));
            }

            return (await store.AskAsync(Place, (client, token) => client.CompleteMultipartUploadAsync(complete, token), cancellationToken).ConfigureAwait(false)).ETag;
        }
        catch
        {
            await new S3Uploads(store).AbortAsync(to, id).ConfigureAwait(false);
            throw;
        }
    }
}
