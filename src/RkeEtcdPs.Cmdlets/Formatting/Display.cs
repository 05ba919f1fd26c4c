using System.Globalization;

namespace RkeEtcdPs.Cmdlets.Formatting;

/// <summary>How values read in tables and progress bars. For the module's views; scripts use the values themselves.</summary>
public static class Display
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    /// <summary>A size in powers of 1024, as PowerShell's own <c>1MB</c>; empty for null.</summary>
    public static string Size(long? bytes)
    {
        if (bytes is not { } size)
        {
            return "";
        }

        int unit = 0;
        double shown = size;
        while (Math.Round(shown) >= 1024 && unit < Units.Length - 1)
        {
            shown /= 1024;
            unit++;
        }

        string format = unit > 0 && shown < 10 ? "0.0" : "0";
        return $"{shown.ToString(format, CultureInfo.InvariantCulture)} {Units[unit]}";
    }

    /// <summary>A duration in its two largest units; empty for null.</summary>
    public static string Duration(TimeSpan? duration) => duration switch
    {
        null => "",
        { TotalSeconds: < 59.95 } value => value.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture),
        { TotalHours: < 1 } value => string.Create(CultureInfo.InvariantCulture, $"{value.Minutes} min {value.Seconds:00} s"),
        { } value => string.Create(CultureInfo.InvariantCulture, $"{(int)value.TotalHours} h {value.Minutes:00} min"),
    };

    /// <summary>A point in time on the admin's clock, to the second; empty for null.</summary>
    public static string Time(DateTime? time) =>
        time?.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "";
}
