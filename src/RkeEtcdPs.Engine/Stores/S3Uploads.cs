using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>The uploads in parts that were begun in a bucket: no listing of objects shows them, and they take room until somebody gives them up.</summary>
internal sealed class S3Uploads(S3Store store)
{
    private static readonly TimeSpan AbortLimit = TimeSpan.FromSeconds(20);

    /// <summary>True for the answer of a server that knows nothing of such lists, or of a user who may not see them.</summary>
    public static bool IsWithheld(EtcdSnapshotException failure) => failure.InnerException is AmazonS3Exception
    {
        StatusCode: HttpStatusCode.NotImplemented or HttpStatusCode.MethodNotAllowed or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest
    };

    /// <summary>Those in a folder whose keys begin so, with their parts.</summary>
    public async Task<IReadOnlyList<S3BegunUpload>> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        List<MultipartUpload> begun = [];
        ListMultipartUploadsRequest request = new() { BucketName = store.Address.Bucket, Prefix = prefix, Delimiter = "/" };
        ListMultipartUploadsResponse page;
        do
        {
            page = await store.AskAsync(store.Name, (client, token) => client.ListMultipartUploadsAsync(request, token), cancellationToken).ConfigureAwait(false);
            // A key that only begins like the folder is not in it.
            begun.AddRange((page.MultipartUploads ?? []).Where(upload => upload.Key.StartsWith(prefix, StringComparison.Ordinal) && !upload.Key[prefix.Length..].Contains('/')));
            (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
        }
        while (page.IsTruncated == true);

        List<S3BegunUpload> uploads = [];
        foreach (MultipartUpload upload in begun)
        {
            if (await PartsAsync(upload, cancellationToken).ConfigureAwait(false) is { } parts)
            {
                uploads.Add(new S3BegunUpload(upload.Key, upload.UploadId, (upload.Initiated ?? DateTime.UnixEpoch).ToUniversalTime(), parts));
            }
        }

        return uploads;
    }

    /// <summary>Gives one up; the server drops its parts. That the server cannot be reached is no failure: its rule for unfinished uploads removes them.</summary>
    public async Task AbortAsync(string key, string id)
    {
        using CancellationTokenSource limit = new(AbortLimit);
        try
        {
            await RemoveAsync(key, id, limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is EtcdSnapshotException or OperationCanceledException)
        {
            // See the summary.
        }
    }

    /// <summary>Gives one up.</summary>
    /// <exception cref="EtcdSnapshotException">The server refused, or has no such upload.</exception>
    public Task RemoveAsync(string key, string id, CancellationToken cancellationToken)
    {
        AbortMultipartUploadRequest request = new() { BucketName = store.Address.Bucket, Key = key, UploadId = id };
        return store.AskAsync(store.Address.Path(key), (client, token) => client.AbortMultipartUploadAsync(request, token), cancellationToken);
    }

    /// <summary>Null when another client has ended it since it was listed.</summary>
    private async Task<IReadOnlyList<PartDetail>?> PartsAsync(MultipartUpload upload, CancellationToken cancellationToken)
    {
        List<PartDetail> parts = [];
        ListPartsRequest request = new() { BucketName = store.Address.Bucket, Key = upload.Key, UploadId = upload.UploadId };
        ListPartsResponse page;
        do
        {
            try
            {
                page = await store.AskAsync(store.Address.Path(upload.Key), (client, token) => client.ListPartsAsync(request, token), cancellationToken).ConfigureAwait(false);
            }
            catch (SnapshotNotFoundException)
            {
                return null;
            }

            parts.AddRange(page.Parts ?? []);
            request.PartNumberMarker = page.NextPartNumberMarker?.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        while (page.IsTruncated == true);

        return parts;
    }
}
