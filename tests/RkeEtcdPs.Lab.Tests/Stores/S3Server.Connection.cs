using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Lab.Tests.Stores;

/// <content>The server as the engine reaches it.</content>
internal sealed partial class S3Server
{
    /// <summary>How it is reached.</summary>
    public S3Connection Connection => new()
    {
        Endpoint = Ca is null ? $"http://127.0.0.1:{Port}" : $"127.0.0.1:{Port}",
        CustomCa = Ca,
        AccessKey = new Secret(Key),
        SecretKey = new Secret(Key),
        Retries = 1,
        RequestTimeout = TimeSpan.FromSeconds(60),
    };
}
