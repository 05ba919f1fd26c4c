using System.Buffers.Binary;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>What is known of a file after a look at its ends.</summary>
/// <param name="FileName">Its name in the folder.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="ModifiedAt">Its time, in UTC.</param>
/// <param name="IsRegular">False for a link, a pipe and the like.</param>
/// <param name="Head">Its first <see cref="HeadLength"/> bytes, or as many as there were.</param>
/// <param name="Tail">Its last <see cref="TailLength"/> bytes, or as many as there were.</param>
internal sealed record StoredFile(string FileName, long Size, DateTime ModifiedAt, bool IsRegular, ReadOnlyMemory<byte> Head, ReadOnlyMemory<byte> Tail)
{
    /// <summary>The bytes at the start that tell a database and a zip from anything else: those of a page's header and bolt's magic number.</summary>
    public const int HeadLength = 20;

    /// <summary>The bytes of the SHA-256 at the end.</summary>
    public const int TailLength = 32;

    private const int Sector = 512;
    private const int MagicOffset = 16;
    private const uint Magic = 0xED0CDAED;

    /// <summary>The copy that it is.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="location">The kind of place.</param>
    public EtcdSnapshot Describe(string path, SnapshotLocation location)
    {
        SnapshotFileName name = SnapshotFileName.Read(location == SnapshotLocation.File ? FolderFileName.Decode(FileName) : FileName);
        bool zip = IsRegular && Head.Span.StartsWith("PK\x03\x04"u8);
        bool database = IsRegular && HasMagic && Size % Sector is 0 or TailLength;
        bool sealedByEtcd = database && Size % Sector == TailLength && Tail.Length == TailLength;
        return new EtcdSnapshot
        {
            Name = name.Name,
            Path = path,
            Location = location,
            Kind = name.IsUnfinished ? SnapshotKind.Unfinished
                : IsRegular && Size == 0 ? SnapshotKind.Empty
                : !zip && !database ? SnapshotKind.Foreign
                : name.Kind,
            IsZip = zip,
            Size = Size,
            CreatedAt = name.TakenAt ?? ModifiedAt,
            ModifiedAt = ModifiedAt,
            ContentHash = sealedByEtcd && !name.IsUnfinished ? Convert.ToHexString(Tail.Span).ToLowerInvariant() : null,
        };
    }

    private bool HasMagic => Head.Length == HeadLength && BinaryPrimitives.ReadUInt32LittleEndian(Head.Span[MagicOffset..]) == Magic;
}
