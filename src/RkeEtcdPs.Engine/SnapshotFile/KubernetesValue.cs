using System.Text.Json;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>What the beginning of a value tells: how it is written, and of which API version and kind it is.</summary>
/// <param name="Encoding">How it is written.</param>
/// <param name="ApiVersion">The API version; null when it does not tell.</param>
/// <param name="Kind">The kind; null when it does not tell.</param>
internal readonly record struct KubernetesValue(ValueEncoding Encoding, string? ApiVersion, string? Kind)
{
    private const int LongestName = 256;

    private static ReadOnlySpan<byte> ProtobufStart => "k8s\0"u8;

    /// <summary>Reads the beginning of a value.</summary>
    public static KubernetesValue Read(ReadOnlySpan<byte> value, NamePool names)
    {
        if (value.StartsWith(ProtobufStart))
        {
            return ReadProtobuf(value[ProtobufStart.Length..], names);
        }

        if (value.StartsWith("k8s:enc:"u8))
        {
            return new KubernetesValue(ValueEncoding.Encrypted, null, null);
        }

        return value.StartsWith("{"u8) ? ReadJson(value, names) : default;
    }

    /// <summary>The object inside Kubernetes' protobuf; empty when there is none.</summary>
    public static ReadOnlySpan<byte> ProtobufObject(ReadOnlySpan<byte> value)
    {
        WireReader fields = new(value.StartsWith(ProtobufStart) ? value[ProtobufStart.Length..] : default);
        while (fields.Next())
        {
            if (fields.Field == 2)
            {
                return fields.Bytes;
            }
        }

        return default;
    }

    private static KubernetesValue ReadProtobuf(ReadOnlySpan<byte> message, NamePool names)
    {
        string? apiVersion = null;
        string? kind = null;
        WireReader fields = new(message);
        if (fields.Next() && fields.Field == 1)
        {
            WireReader type = new(fields.Bytes);
            while (type.Next() && type.Field <= 2)
            {
                string? name = type.Bytes.Length is > 0 and <= LongestName ? names.Get(type.Bytes) : null;
                (apiVersion, kind) = type.Field == 1 ? (name, kind) : (apiVersion, name);
            }
        }

        return new KubernetesValue(ValueEncoding.Protobuf, apiVersion, kind);
    }

    private static KubernetesValue ReadJson(ReadOnlySpan<byte> value, NamePool names)
    {
        string? apiVersion = null;
        string? kind = null;
        Utf8JsonReader reader = new(value, isFinalBlock: false, default);
        try
        {
            while ((apiVersion is null || kind is null) && reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                {
                    continue;
                }

                bool isVersion = reader.ValueTextEquals("apiVersion"u8);
                bool isKind = reader.ValueTextEquals("kind"u8);
                if (reader.Read() && reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= LongestName && !reader.ValueIsEscaped)
                {
                    apiVersion = isVersion ? names.Get(reader.ValueSpan) : apiVersion;
                    kind = isKind ? names.Get(reader.ValueSpan) : kind;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // It only looked like JSON from here on; what was read before stands.
        }

        return new KubernetesValue(ValueEncoding.Json, apiVersion, kind);
    }
}
