using System.Globalization;
using System.Management.Automation;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Cmdlets.Parameters;

/// <summary>Reads a snapshot that was piped in: the object itself, or what is left of one after a file or another machine.</summary>
internal static class PipedSnapshot
{
    /// <exception cref="PSArgumentException">It does not have what an EtcdSnapshot has.</exception>
    public static RetentionItem Read(object piped) => (piped is PSObject wrapped ? wrapped.BaseObject : piped) is EtcdSnapshot snapshot
        ? RetentionItem.Of(snapshot) with { Source = piped }
        : Read(piped, PSObject.AsPSObject(piped));

    private static RetentionItem Read(object piped, PSObject properties)
    {
        string? Text(string name) => properties.Properties[name]?.Value?.ToString() is { Length: > 0 } text ? text : null;
        string path = Text("Path") ?? throw Missing("Path", piped);
        return new RetentionItem
        {
            Source = piped,
            ClusterName = Text("ClusterName"),
            Place = RetentionItem.PlaceOf(Text("Node"), Text("Address"), path),
            Name = Text("Name") ?? path,
            Path = path,
            CreatedAt = PipedTime.Read(properties.Properties["CreatedAt"]?.Value) ?? throw Missing("CreatedAt", piped),
            Size = long.TryParse(Text("Size"), NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size : throw Missing("Size", piped),
            ContentHash = Text("ContentHash"),
            Kind = Enum.TryParse(Text("Kind"), ignoreCase: true, out SnapshotKind kind) && Enum.IsDefined(kind) ? kind : throw Missing("Kind", piped),
            Verified = bool.TryParse(Text("Verified"), out bool verified) && verified,
        };
    }

    private static PSArgumentException Missing(string property, object piped)
        => new($"'{piped}' is no snapshot: it has no {property}. Pipe what Get-EtcdSnapshot gives.");
}
