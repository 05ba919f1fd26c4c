using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Amazon.Runtime;
using Amazon.S3;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>Says what went wrong with a bucket. Of what the server answered only its code is repeated: answers may quote what was sent.</summary>
internal static class S3Failure
{
    private const string Unreachable = "Check -Endpoint or `endpoint`, the network and the proxy (HTTPS_PROXY, NO_PROXY).";

    /// <summary>The failure that an exception stands for; null when it has nothing to do with the store.</summary>
    /// <param name="place">The address of the folder or object.</param>
    /// <param name="error">The exception.</param>
    public static EtcdSnapshotException? From(string place, Exception error)
    {
        for (Exception? inner = error; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case EtcdSnapshotException known:
                    return known;
                case AuthenticationException:
                    return new StoreUnavailableException(
                        place, "the certificate of the server is not trusted", "Give the CA that signed it: -CaCertificate, or `custom_ca` in cluster.yml. When you did, it is another one.", error);
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return new StoreUnavailableException(place, "the name of the server is not known", Unreachable, error);
                case SocketException socket:
                    return new StoreUnavailableException(place, $"the server cannot be reached ({socket.SocketErrorCode})", Unreachable, error);
            }
        }

        return error switch
        {
            AmazonS3Exception answer => FromAnswer(place, answer),
            AmazonServiceException service => new StoreUnavailableException(place, $"it answered {(int)service.StatusCode} {service.ErrorCode}".TrimEnd(), "Try again later.", error),
            AmazonClientException damage when IsDamage(damage) => new SnapshotMismatchException(
                place, "what the server gives is not what it says it has"),
            S3ProfileMissingException missing => new StoreAccessDeniedException(
                place, $"there is no profile {missing.Profile}", "Check -ProfileName, and the file that AWS_SHARED_CREDENTIALS_FILE names (~/.aws/credentials).", error),
            AmazonClientException => new StoreAccessDeniedException(
                place, "no credentials were found, or they cannot be used", "Give -Credential, -ProfileName, or access_key and secret_key in cluster.yml.", error),
            TimeoutException or TaskCanceledException => new StoreUnavailableException(place, "the server did not answer in time", $"{Unreachable} Then try again.", error),
            HttpRequestException or IOException => new StoreUnavailableException(place, "the connection broke", $"{Unreachable} Then try again.", error),
            _ => null,
        };
    }

    /// <summary>Whether what came is not what the server calls it: the SDK compares the two, and tells so in nothing but words.</summary>
    public static bool IsDamage(AmazonClientException error) => error.Message.Contains("hash", StringComparison.OrdinalIgnoreCase);

    private static EtcdSnapshotException FromAnswer(string place, AmazonS3Exception answer) => (answer.StatusCode, answer.ErrorCode) switch
    {
        (_, "RequestTimeTooSkewed") => Denied(place, answer, "the clock of this machine and that of the server differ too much", "Set the clock."),
        (_, "InvalidAccessKeyId") => Denied(place, answer, "it does not know the access key", "Check the access key, and that the endpoint is the one it is for."),
        (_, "SignatureDoesNotMatch") => Denied(place, answer, "the secret key is not the one of the access key", "Check the secret key and the region."),
        (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized, _) => Denied(
            place, answer, $"it answered {(int)answer.StatusCode} {answer.ErrorCode}", "Check the credentials, and that they may list, read, write and delete in the bucket and folder."),
        (_, "NoSuchBucket") => new StoreUnavailableException(place, "there is no such bucket", "Check the bucket's name, the endpoint and the region. Buckets are not made by this module.", answer),
        (HttpStatusCode.NotFound, _) => new SnapshotNotFoundException(place, "nothing is there", answer),
        (_, "PermanentRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException") or (HttpStatusCode.MovedPermanently, _) =>
            new StoreUnavailableException(place, "the bucket is in another region", "Give its -Region, or `region` in cluster.yml.", answer),
        _ => new StoreUnavailableException(place, $"it answered {(int)answer.StatusCode} {answer.ErrorCode}".TrimEnd(), "Try again later; the server's own log says more.", answer),
    };

    private static StoreAccessDeniedException Denied(string place, AmazonS3Exception answer, string cause, string advice) => new(place, cause, advice, answer);
}
