namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>The value of a key. It may be a secret, so it never prints itself.</summary>
/// <param name="bytes">The value as etcd holds it.</param>
/// <param name="encoding">How it is written.</param>
public sealed class SnapshotValue(byte[] bytes, ValueEncoding encoding)
{
    /// <summary>How it is written.</summary>
    public ValueEncoding Encoding { get; } = encoding;

    /// <summary>The value as etcd holds it.</summary>
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    /// <summary>The value as text, where it is written in JSON; null otherwise. It is not proved to be sound JSON.</summary>
    public string? Json => Encoding == ValueEncoding.Json ? System.Text.Encoding.UTF8.GetString(Bytes.Span) : null;

    /// <summary>The entry of a ConfigMap or a Secret, from either encoding: the JSON that RKE keeps in <c>full-cluster-state</c>, for one.</summary>
    /// <param name="entry">The entry under <c>data</c>.</param>
    /// <returns>The text; null when there is no such entry or the value is written otherwise.</returns>
    public string? ReadData(string entry) => ObjectData.Find(Bytes.Span, Encoding, entry);

    /// <inheritdoc />
    public override string ToString() => $"{Bytes.Length} bytes";
}
