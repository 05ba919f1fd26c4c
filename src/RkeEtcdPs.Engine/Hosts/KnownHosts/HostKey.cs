using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace RkeEtcdPs.Engine.Hosts.KnownHosts;

/// <summary>A host's public key, in the form that goes over the wire (RFC 4253, section 6.6): the type first.</summary>
internal sealed class HostKey
{
    private const int LongestType = 64;

    private readonly byte[] _blob;

    private HostKey(string type, byte[] blob)
    {
        Type = type;
        _blob = blob;
    }

    /// <summary>Such as <c>ssh-ed25519</c>. Of an RSA key always <c>ssh-rsa</c>, whatever it signs with.</summary>
    public string Type { get; }

    /// <summary>The key as known_hosts has it.</summary>
    public string Base64 => Convert.ToBase64String(_blob);

    /// <summary>The type and the fingerprint, as ssh prints them.</summary>
    public string Fingerprint => $"{Type} SHA256:{Convert.ToBase64String(SHA256.HashData(_blob)).TrimEnd('=')}";

    /// <summary>Null when it is no key.</summary>
    public static HostKey? TryParse(byte[] blob)
    {
        if (blob.Length < 4 || BinaryPrimitives.ReadUInt32BigEndian(blob) is var length && (length is 0 or > LongestType || length > blob.Length - 4))
        {
            return null;
        }

        ReadOnlySpan<byte> type = blob.AsSpan(4, (int)length);
        return type.ContainsAnyExceptInRange((byte)'!', (byte)'~') ? null : new HostKey(Encoding.ASCII.GetString(type), blob);
    }

    /// <inheritdoc cref="TryParse(byte[])"/>
    public static HostKey? TryParse(string base64)
    {
        byte[] blob = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, blob, out int length) ? TryParse(blob[..length]) : null;
    }

    public bool IsSameAs(HostKey other) => _blob.AsSpan().SequenceEqual(other._blob);
}
