using System.Globalization;
using System.Management.Automation;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Cmdlets.Parameters;

/// <summary>Lets a parameter of <see cref="TimeSpan"/> take durations as RKE writes them, <c>26h</c> or <c>1h30m</c>, and whole days, <c>14d</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object input = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return input switch
        {
            // A bare number would be days to one and seconds to another.
            string text when text.Length > 1 && text[^1] == 'd' && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int days) && days < 1_000_000
                => TimeSpan.FromDays(days),
            string text when text.Any(char.IsAsciiLetter) && GoDuration.TryParse(text, out TimeSpan duration) => duration,
            string text when text.Length > 0 && text.All(char.IsAsciiDigit) => throw new ArgumentTransformationMetadataException($"'{text}' has no unit: {text}h or {text}d?"),
            // 14d and 20s without quotes are numbers to PowerShell: a decimal and a short one, which nothing else is here.
            decimal days when Math.Abs(days) < 1_000_000 => TimeSpan.FromDays((double)days),
            short seconds => TimeSpan.FromSeconds(seconds),
            IConvertible number when number.GetTypeCode() is >= TypeCode.SByte and <= TypeCode.Decimal or TypeCode.Boolean or TypeCode.Char
                => throw new ArgumentTransformationMetadataException($"{input} has no unit: '{input}s', '{input}h' or '{input}d', in quotes?"),
            string text when !TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out _)
                => throw new ArgumentTransformationMetadataException($"'{text}' is no length of time: 90s, 1h30m or 14d, in quotes, or a TimeSpan."),
            _ => inputData,
        };
    }
}
