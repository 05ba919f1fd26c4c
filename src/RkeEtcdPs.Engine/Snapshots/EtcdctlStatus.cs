using System.Text.Json;
using System.Text.Json.Serialization;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>What is used of <c>etcdctl snapshot status -w json</c>.</summary>
internal sealed record EtcdctlStatus([property: JsonRequired] long Revision, [property: JsonRequired] long TotalKey)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Understands it; null when it is something else.</summary>
    public static EtcdctlStatus? Read(string? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize<EtcdctlStatus>(json, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
