using System.Collections;
using System.Globalization;
using System.Management.Automation;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Cmdlets.Parameters;

/// <summary>Lets a parameter of <see cref="EtcdSnapshot"/> also take files, and what came back from a job, a remote session or a text: its properties without its type.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SnapshotTransformationAttribute : ArgumentTransformationAttribute
{
    /// <summary>False where files go to another parameter.</summary>
    public bool TakesFiles { get; init; } = true;

    /// <summary>Turns every such element into a snapshot; anything else is left for PowerShell to refuse, or to bind elsewhere.</summary>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if (inputData is null)
        {
            return inputData!;
        }

        object bare = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        EtcdSnapshot?[] snapshots = bare is IEnumerable list and not (string or IDictionary) && bare is not PSCustomObject
            ? [.. list.Cast<object?>().Select(From)]
            : [From(inputData)];
        return snapshots.Contains(null) ? inputData : snapshots;
    }

    private EtcdSnapshot? From(object? item)
    {
        if (item is null)
        {
            return null;
        }

        switch (item is PSObject wrapped ? wrapped.BaseObject : item)
        {
            case EtcdSnapshot snapshot:
                return snapshot;
            case FileInfo file:
                return TakesFiles ? SnapshotFiles.Describe(file.FullName) : null;
        }

        PSObject bag = PSObject.AsPSObject(item);
        return Text(bag, nameof(EtcdSnapshot.Name)) is { } name
            && Text(bag, nameof(EtcdSnapshot.Path)) is { } path
            && Enum.TryParse(Text(bag, nameof(EtcdSnapshot.Location)), out SnapshotLocation location)
            && Number(bag, nameof(EtcdSnapshot.Size)) is { } size
            && Time(bag, nameof(EtcdSnapshot.CreatedAt)) is { } createdAt
            ? new EtcdSnapshot
            {
                ClusterName = Text(bag, nameof(EtcdSnapshot.ClusterName)),
                Node = Text(bag, nameof(EtcdSnapshot.Node)),
                Address = Text(bag, nameof(EtcdSnapshot.Address)),
                Name = name,
                Path = path,
                Location = location,
                Kind = Enum.TryParse(Text(bag, nameof(EtcdSnapshot.Kind)), out SnapshotKind kind) ? kind : SnapshotKind.OneTime,
                IsZip = bool.TryParse(Text(bag, nameof(EtcdSnapshot.IsZip)), out bool isZip) && isZip,
                Size = size,
                CreatedAt = createdAt,
                ModifiedAt = Time(bag, nameof(EtcdSnapshot.ModifiedAt)),
                ContentHash = Text(bag, nameof(EtcdSnapshot.ContentHash)),
                Revision = Number(bag, nameof(EtcdSnapshot.Revision)),
                KeyCount = Number(bag, nameof(EtcdSnapshot.KeyCount)),
                Verified = bool.TryParse(Text(bag, nameof(EtcdSnapshot.Verified)), out bool verified) && verified,
            }
            : null;
    }

    private static string? Text(PSObject bag, string property)
        => Convert.ToString(bag.Properties[property]?.Value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null;

    private static long? Number(PSObject bag, string property)
        => long.TryParse(Text(bag, property), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static DateTime? Time(PSObject bag, string property) => PipedTime.Read(bag.Properties[property]?.Value);
}
