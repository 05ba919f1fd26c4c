using System.Buffers;
using System.Globalization;
using System.Text;

namespace RkeEtcdPs.Engine.Configuration;

/// <summary>Go's text form of a length of time, such as <c>5m0s</c>, <c>24h</c> or <c>1.5h</c>, in which RKE takes and gives periods.</summary>
/// <remarks>Units are ns, us, µs, ms, s, m and h; there is no day. See <c>time.ParseDuration</c> of Go.</remarks>
public static class GoDuration
{
    private const decimal NanosecondsPerTick = 100;
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary>Reads a duration.</summary>
    /// <param name="text">The text; every number needs a unit, only <c>0</c> may be without.</param>
    /// <param name="duration">The duration, to 100 ns; may be negative. Zero when the text is no duration.</param>
    /// <returns>False when the text is no duration, or beyond the 292 years that Go can hold.</returns>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }
        bool isNegative = text[0] == '-';
        ReadOnlySpan<char> rest = text.AsSpan(text[0] is '-' or '+' ? 1 : 0);
        if (rest is "0")
        {
            return true;
        }
        if (rest.IsEmpty)
        {
            return false;
        }
        decimal nanoseconds = 0;
        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0 || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
            {
                return false;
            }
            rest = rest[digits..];
            int letters = rest.IndexOfAny(NumberCharacters);
            ReadOnlySpan<char> unit = letters < 0 ? rest : rest[..letters];
            rest = rest[unit.Length..];
            if (Nanoseconds(unit) is not decimal size || number > long.MaxValue || (nanoseconds += number * size) > long.MaxValue)
            {
                return false;
            }
        }
        long ticks = (long)(nanoseconds / NanosecondsPerTick);
        duration = TimeSpan.FromTicks(isNegative ? -ticks : ticks);
        return true;
    }

    /// <summary>Writes a duration as Go prints it: <c>12h0m0s</c>, <c>1m30.5s</c>, <c>300ms</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0s";
        }
        StringBuilder text = new();
        decimal ticks = Math.Abs((decimal)duration.Ticks);
        text.Append(duration < TimeSpan.Zero ? "-" : "");
        if (ticks < TimeSpan.TicksPerSecond)
        {
            (decimal size, string unit) = ticks switch
            {
                >= TimeSpan.TicksPerMillisecond => (TimeSpan.TicksPerMillisecond, "ms"),
                >= TimeSpan.TicksPerMicrosecond => (TimeSpan.TicksPerMicrosecond, "µs"),
                _ => (1 / NanosecondsPerTick, "ns"),
            };
            return text.Append(Number(ticks / size)).Append(unit).ToString();
        }
        decimal hours = decimal.Floor(ticks / TimeSpan.TicksPerHour);
        decimal minutes = decimal.Floor(ticks % TimeSpan.TicksPerHour / TimeSpan.TicksPerMinute);
        text.Append(hours > 0 ? $"{Number(hours)}h" : "");
        text.Append(hours > 0 || minutes > 0 ? $"{Number(minutes)}m" : "");
        return text.Append(Number(ticks % TimeSpan.TicksPerMinute / TimeSpan.TicksPerSecond)).Append('s').ToString();
    }

    private static string Number(decimal value) => value.ToString("0.#######", CultureInfo.InvariantCulture);

    private static decimal? Nanoseconds(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" => 1,
        "us" or "\u00B5s" or "\u03BCs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => null,
    };
}
