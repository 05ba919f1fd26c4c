namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>The flags of a page's header.</summary>
[Flags]
internal enum PageType : ushort
{
    None = 0,
    Branch = 0x01,
    Leaf = 0x02,
    Meta = 0x04,
    Freelist = 0x10,
}
