using System.Text;
using System.Text.Json;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>The <c>data</c> of a ConfigMap or a Secret. In protobuf both are {1 metadata, 2 data {1 key, 2 value}}; a Secret's values are base64 in JSON.</summary>
internal static class ObjectData
{
    /// <summary>Reads the entries: each is text, or bytes where it is no text.</summary>
    /// <returns>The entries; empty when there are none.</returns>
    public static Dictionary<string, object> Read(ReadOnlySpan<byte> value, ValueEncoding encoding) => encoding switch
    {
        ValueEncoding.Protobuf => ReadProtobuf(KubernetesValue.ProtobufObject(value)),
        ValueEncoding.Json => ReadJson(value),
        _ => [],
    };

    private static Dictionary<string, object> ReadProtobuf(ReadOnlySpan<byte> message)
    {
        Dictionary<string, object> entries = [];
        WireReader fields = new(message);
        while (fields.Next())
        {
            if (fields.Field != 2)
            {
                continue;
            }

            WireReader entry = new(fields.Bytes);
            ReadOnlySpan<byte> name = default;
            ReadOnlySpan<byte> content = default;
            while (entry.Next())
            {
                name = entry.Field == 1 ? entry.Bytes : name;
                content = entry.Field == 2 ? entry.Bytes : content;
            }

            entries[Encoding.UTF8.GetString(name)] = TextOrBytes(content);
        }

        return entries;
    }

    private static Dictionary<string, object> ReadJson(ReadOnlySpan<byte> value)
    {
        Dictionary<string, object> entries = [];
        try
        {
            using JsonDocument document = JsonDocument.Parse(value.ToArray());
            JsonElement root = document.RootElement;
            bool isSecret = root.TryGetProperty("kind", out JsonElement kind) && kind.ValueEquals("Secret"u8);
            if (root.TryGetProperty("data", out JsonElement data) && data.ValueKind == JsonValueKind.Object)
            {
                foreach (JsonProperty entry in data.EnumerateObject())
                {
                    entries[entry.Name] = isSecret ? TextOrBytes(entry.Value.GetBytesFromBase64()) : entry.Value.GetString() ?? "";
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // What was read before it went wrong stands.
        }

        return entries;
    }

    private static object TextOrBytes(ReadOnlySpan<byte> content) => (object?)PlainText.Read(content) ?? content.ToArray();
}
