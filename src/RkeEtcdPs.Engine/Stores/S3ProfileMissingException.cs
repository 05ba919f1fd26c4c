using Amazon.Runtime;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>A profile of credentials that is in none of the SDK's files.</summary>
/// <param name="profile">Its name.</param>
internal sealed class S3ProfileMissingException(string profile) : AmazonClientException($"There is no profile {profile}.")
{
    /// <summary>Its name.</summary>
    public string Profile => profile;
}
