using System.Text;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Tells text from other bytes.</summary>
internal static class PlainText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text that bytes are; null when they are none: no UTF-8, or with a zero in it.</summary>
    public static string? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return bytes.Contains((byte)0) ? null : Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
