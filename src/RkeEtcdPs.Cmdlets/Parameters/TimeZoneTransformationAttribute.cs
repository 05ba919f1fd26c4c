using System.Management.Automation;

namespace RkeEtcdPs.Cmdlets.Parameters;

/// <summary>Lets a parameter of <see cref="TimeZoneInfo"/> take the name of a zone, of IANA or of Windows.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TimeZoneTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object input = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (input is not string name)
        {
            return inputData;
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone)
            ? zone
            : throw new ArgumentTransformationMetadataException($"This machine knows no time zone '{name}'. Get-TimeZone -ListAvailable shows those that it knows; [TimeZoneInfo]::Local is its own.");
    }
}
