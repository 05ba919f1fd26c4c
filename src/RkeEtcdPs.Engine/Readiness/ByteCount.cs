using System.Globalization;

namespace RkeEtcdPs.Engine.Readiness;

/// <summary>Sizes in findings.</summary>
internal static class ByteCount
{
    private static readonly string[] Units = ["bytes", "KB", "MB", "GB", "TB"];

    /// <summary>A size in powers of 1024.</summary>
    public static string Text(long bytes)
    {
        double size = bytes;
        int unit = 0;
        while (size >= 1024 && unit < Units.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 || size >= 10 ? Math.Round(size) : Math.Round(size, 1))} {Units[unit]}");
    }
}
