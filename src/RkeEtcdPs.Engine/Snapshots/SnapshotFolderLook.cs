using System.Globalization;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>What a look into a host's snapshot folder showed.</summary>
/// <param name="Free">The bytes that are free there.</param>
/// <param name="Size">The bytes of what lies there under the name; null when nothing does.</param>
/// <param name="WrittenAt">When that was last written to, in UTC.</param>
/// <param name="Trailer">Its last 32 bytes in hexadecimal, of a zip those of the database in it; null when it is shorter.</param>
/// <param name="State">Of a zip, size and CRC-32 of the cluster's state in it; null when it has none.</param>
/// <param name="IsFolder">True when a folder lies there.</param>
internal sealed record SnapshotFolderLook(long Free, long? Size = null, DateTime WrittenAt = default, string? Trailer = null, string? State = null, bool IsFolder = false)
{
    private const int HashDigits = 64;

    /// <summary>Adds what one line of the script says; null when nothing is known yet.</summary>
    public static SnapshotFolderLook? Add(SnapshotFolderLook? known, string line) => line.Split(' ') switch
    {
        ["free", string free] => new SnapshotFolderLook(Number(free)),
        ["there", string size, string time, .. string[] rest] => (known ?? new SnapshotFolderLook(0)) with
        {
            Size = Number(size),
            WrittenAt = DateTimeOffset.FromUnixTimeSeconds(Number(time)).UtcDateTime,
            Trailer = rest is [{ Length: HashDigits } trailer, ..] ? trailer : null,
            State = rest is [_, not "-" and var state] ? state : null,
        },
        ["folder"] => (known ?? new SnapshotFolderLook(0)) with { IsFolder = true },
        _ => known,
    };

    private static long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
