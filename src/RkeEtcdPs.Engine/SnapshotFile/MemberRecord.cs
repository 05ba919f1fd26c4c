using System.Text;
using System.Text.Json;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>An entry of the <c>members</c> bucket: the id in hexadecimal, and JSON {id, peerURLs, isLearner, name, clientURLs}.</summary>
internal static class MemberRecord
{
    // A name and a handful of addresses.
    private const int LargestRecord = 64 * 1024;

    /// <summary>Reads an entry.</summary>
    /// <returns>The member; null when it is none.</returns>
    public static SnapshotMember? Parse(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (value.Length > LargestRecord)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(value.ToArray());
            JsonElement member = document.RootElement;
            return new SnapshotMember(
                Encoding.ASCII.GetString(key),
                member.TryGetProperty("name", out JsonElement name) ? name.GetString() ?? "" : "",
                ReadUrls(member, "peerURLs"),
                ReadUrls(member, "clientURLs"),
                member.TryGetProperty("isLearner", out JsonElement learner) && learner.GetBoolean());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static string[] ReadUrls(JsonElement member, string property) =>
        member.TryGetProperty(property, out JsonElement urls) && urls.ValueKind == JsonValueKind.Array
            ? urls.EnumerateArray().Select(url => url.GetString() ?? "").ToArray()
            : [];
}
