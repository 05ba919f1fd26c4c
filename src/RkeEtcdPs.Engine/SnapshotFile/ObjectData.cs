using System.Text;
using System.Text.Json;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>The <c>data</c> of a ConfigMap or a Secret. In protobuf both are {1 metadata, 2 data {1 key, 2 value}}; a Secret's values are base64 in JSON.</summary>
internal static class ObjectData
{
    /// <summary>Finds an entry.</summary>
    /// <returns>Its text; null when it is not there.</returns>
    public static string? Find(ReadOnlySpan<byte> value, ValueEncoding encoding, string entry) => encoding switch
    {
        ValueEncoding.Protobuf => FindInProtobuf(KubernetesValue.ProtobufObject(value), Encoding.UTF8.GetBytes(entry)),
        ValueEncoding.Json => FindInJson(value, entry),
        _ => null,
    };

    private static string? FindInProtobuf(ReadOnlySpan<byte> message, ReadOnlySpan<byte> wanted)
    {
        WireReader fields = new(message);
        while (fields.Next())
        {
            if (fields.Field != 2)
            {
                continue;
            }

            WireReader entry = new(fields.Bytes);
            ReadOnlySpan<byte> text = default;
            bool isWanted = false;
            while (entry.Next())
            {
                isWanted |= entry.Field == 1 && entry.Bytes.SequenceEqual(wanted);
                text = entry.Field == 2 ? entry.Bytes : text;
            }

            if (isWanted)
            {
                return Encoding.UTF8.GetString(text);
            }
        }

        return null;
    }

    private static string? FindInJson(ReadOnlySpan<byte> value, string entry)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(value.ToArray());
            JsonElement root = document.RootElement;
            if (!root.TryGetProperty("data", out JsonElement data) || !data.TryGetProperty(entry, out JsonElement text))
            {
                return null;
            }

            bool isSecret = root.TryGetProperty("kind", out JsonElement kind) && kind.ValueEquals("Secret"u8);
            return isSecret ? Encoding.UTF8.GetString(text.GetBytesFromBase64()) : text.GetString();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
