using System.Globalization;
using System.Management.Automation;

namespace RkeEtcdPs.Cmdlets.Parameters;

/// <summary>Lets a parameter of bytes take sizes as they are written, <c>5GB</c>, <c>5 GiB</c>, <c>1.5g</c>, where a unit is 1024 of the one before, as everywhere in PowerShell.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SizeTransformationAttribute : ArgumentTransformationAttribute
{
    private const string Units = "BKMGTP";

    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object input = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return input is string text ? Read(text) : inputData;
    }

    private static long Read(string text)
    {
        string size = text.Trim().ToUpperInvariant();
        string number = size.TrimEnd('B', 'I', 'K', 'M', 'G', 'T', 'P').TrimEnd();
        string unit = size[number.Length..].Trim();
        int power = unit is "" or "B" ? 0 : Units.IndexOf(unit[0], StringComparison.Ordinal);
        bool known = power == 0 ? unit is "" or "B" : unit[1..] is "" or "B" or "IB";
        return known && decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value) && value < long.MaxValue / (decimal)Math.Pow(1024, power)
            ? (long)(value * (decimal)Math.Pow(1024, power))
            : throw new ArgumentTransformationMetadataException($"'{text}' is no size: a number of bytes, or 500MB, 5GB, 1.5TB.");
    }
}
