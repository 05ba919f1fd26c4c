using System.Globalization;
using System.Text.RegularExpressions;

namespace RkeEtcdPs.Engine.Configuration;

/// <summary>A version as RKE compares those of Kubernetes and of images: <c>v3.4.15-rancher1</c>. One with a suffix comes before the one without.</summary>
internal sealed partial record SemanticVersion(int Major, int Minor, int Patch, string Suffix) : IComparable<SemanticVersion>
{
    /// <returns>Null when it is none.</returns>
    public static SemanticVersion? TryParse(string? text) => text is not null && Form().Match(text) is { Success: true } match
        ? new SemanticVersion(Number(match, 1), Number(match, 2), Number(match, 3), match.Groups[4].Value)
        : null;

    /// <summary>That of an image by its tag.</summary>
    /// <returns>Null when it has no tag, or one that is no version.</returns>
    public static SemanticVersion? OfImage(string image)
    {
        string name = image[(image.LastIndexOf('/') + 1)..].Split('@')[0];
        return name.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0 ? TryParse(name[(colon + 1)..]) : null;
    }

    /// <inheritdoc />
    public int CompareTo(SemanticVersion? other) => other is null ? 1
        : (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch)) is var order and not 0 ? order
        : (Suffix, other.Suffix) switch
        {
            ("", "") => 0,
            ("", _) => 1,
            (_, "") => -1,
            _ => string.CompareOrdinal(Suffix, other.Suffix),
        };

    /// <summary>Whether it comes before another, which is written as RKE's code has it.</summary>
    public bool IsBefore(string other) => CompareTo(TryParse(other)) < 0;

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\Av?(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?\z")]
    private static partial Regex Form();
}
