using System.Globalization;
using RkeEtcdPs.Engine.Configuration.Yaml;

namespace RkeEtcdPs.Engine.Configuration;

/// <summary>Reads single values as RKE's YAML reader does for the type that the key has there.</summary>
internal static class ScalarValue
{
    /// <summary>The text as written, whatever YAML would make of it: <c>port: 22</c> and <c>user: yes</c> are texts to RKE; null when empty.</summary>
    public static string? Text(YamlElement element, string key, Findings findings)
    {
        if (element is not YamlScalar scalar)
        {
            findings.Error(element, $"'{key}' must be a single value");
            return null;
        }
        if (scalar.HasForeignTag)
        {
            findings.Error(element, $"'{key}' has a YAML tag; write the plain value (an encrypted one must be decrypted first)");
            return null;
        }
        return scalar.IsNull || scalar.Text.Length == 0 ? null : scalar.Text;
    }

    /// <summary>A text of one line; null when empty.</summary>
    public static string? Line(YamlElement element, string key, Findings findings)
    {
        string? text = Text(element, key, findings);
        if (text?.Any(char.IsControl) != true)
        {
            return text;
        }
        findings.Error(element, $"'{key}' must be one line without control characters");
        return null;
    }

    /// <summary>A boolean; null, after an error, when it is none.</summary>
    public static bool? Flag(YamlElement element, string key, Findings findings)
    {
        string? text = Text(element, key, findings);
        bool? value = text switch
        {
            "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" or "y" or "Y" => true,
            "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" or "n" or "N" => false,
            _ => null,
        };
        if (value is null)
        {
            findings.Error(element, $"'{key}' must be true or false");
        }
        WarnQuoted(element, key, value is not null, findings);
        return value;
    }

    /// <summary>A whole number; null, after an error, when it is none.</summary>
    public static int? Number(YamlElement element, string key, Findings findings)
    {
        string? text = Text(element, key, findings);
        // With a leading zero it would be octal in RKE.
        bool isDecimal = text is "0" || text?.TrimStart('-').FirstOrDefault() is >= '1' and <= '9';
        if (isDecimal && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value))
        {
            WarnQuoted(element, key, true, findings);
            return value;
        }
        findings.Error(element, $"'{key}' must be a whole number");
        return null;
    }

    private static void WarnQuoted(YamlElement element, string key, bool isValid, Findings findings)
    {
        if (isValid && element is YamlScalar { IsPlain: false })
        {
            findings.Warn(element, $"'{key}' is in quotes; RKE takes this value only without them");
        }
    }
}
