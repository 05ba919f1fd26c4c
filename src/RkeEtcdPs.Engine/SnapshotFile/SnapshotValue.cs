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

    /// <summary>The value as text: JSON, or the plain text that others than Kubernetes write; null where it is neither.</summary>
    public string? Text => Encoding == ValueEncoding.Other ? PlainText.Read(Bytes.Span) : Json;

    /// <summary>What a ConfigMap or a Secret has under <c>data</c>, from either encoding: text, or bytes where they are no text.</summary>
    /// <returns>The entries; empty when there are none or the value is written otherwise. Of other kinds it is not to be asked.</returns>
    public IReadOnlyDictionary<string, object> ReadData() => ObjectData.Read(Bytes.Span, Encoding);

    /// <summary>The entry of a ConfigMap or a Secret, from either encoding: the JSON that RKE keeps in <c>full-cluster-state</c>, for one.</summary>
    /// <param name="entry">The entry under <c>data</c>.</param>
    /// <returns>The text; null when there is no such entry, it is no text or the value is written otherwise.</returns>
    public string? ReadData(string entry) => ReadData().GetValueOrDefault(entry) as string;

    /// <inheritdoc />
    public override string ToString() => $"{Bytes.Length} bytes";
}
