using System.Globalization;
using System.Management.Automation;

namespace RkeEtcdPs.Cmdlets.Parameters;

/// <summary>Reads a time of a snapshot that was piped in, whatever it went through. What cannot be told for certain is not guessed.</summary>
internal static class PipedTime
{
    // With a T these mean the same in every culture and calendar.
    private static readonly string[] Standard = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

    /// <summary>The time in UTC; null when the value is none.</summary>
    public static DateTime? Read(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        DateTime { Kind: DateTimeKind.Local } local => local.ToUniversalTime(),
        DateTime other => DateTime.SpecifyKind(other, DateTimeKind.Utc),
        DateTimeOffset offset => offset.UtcDateTime,
        string text when DateTime.TryParseExact(text, Standard, CultureInfo.InvariantCulture, Utc, out DateTime time) => time,
        // Export-Csv writes it in the culture of its session.
        string text when DateTime.TryParse(text, CultureInfo.CurrentCulture, Utc, out DateTime time) => time,
        _ => null,
    };
}
