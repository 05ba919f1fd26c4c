using Amazon.S3.Model;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>An upload in parts that was begun and neither completed nor given up.</summary>
/// <param name="Key">The key that the object would have.</param>
/// <param name="Id">The server's name for the upload.</param>
/// <param name="BegunAt">When it was begun, in UTC.</param>
/// <param name="Parts">The parts that the server has.</param>
internal sealed record S3BegunUpload(string Key, string Id, DateTime BegunAt, IReadOnlyList<PartDetail> Parts)
{
    // As the protocol addresses an upload. No object has this path, which ends in the id.
    private const string Mark = "?uploadId=";

    private DateTime ModifiedAt => Parts.Select(part => part.LastModified?.ToUniversalTime() ?? BegunAt).Append(BegunAt).Max();

    /// <summary>True when no part came for so long that nobody sends any more.</summary>
    public bool IsQuiet => (DateTime.UtcNow - ModifiedAt).Duration() >= HostRemoval.Quiet;

    /// <summary>The unfinished copy that it is.</summary>
    public EtcdSnapshot Describe(S3Address address)
    {
        SnapshotFileName name = SnapshotFileName.Read(Key[address.Key("").Length..]);
        return new EtcdSnapshot
        {
            Name = name.Name,
            Path = address.Path(Key) + Mark + Uri.EscapeDataString(Id),
            Location = SnapshotLocation.S3,
            Kind = SnapshotKind.Unfinished,
            Size = Parts.Sum(part => part.Size ?? 0),
            CreatedAt = name.TakenAt ?? ModifiedAt,
            ModifiedAt = ModifiedAt,
        };
    }

    /// <summary>The key and the id in the path of an unfinished copy; null when it is no upload.</summary>
    public static (string Key, string Id)? Find(EtcdSnapshot snapshot, string key)
        => snapshot.Kind == SnapshotKind.Unfinished && key.LastIndexOf(Mark, StringComparison.Ordinal) is >= 0 and var at
            ? (key[..at], Uri.UnescapeDataString(key[(at + Mark.Length)..]))
            : null;
}
