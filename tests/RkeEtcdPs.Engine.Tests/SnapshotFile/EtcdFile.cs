using System.Buffers.Binary;
using System.Text;

namespace RkeEtcdPs.Engine.Tests.SnapshotFile;

/// <summary>An etcd store written by hand: a history of puts and deletions in a bolt file.</summary>
internal sealed class EtcdFile(BoltFile? bolt = null)
{
    private readonly Dictionary<string, (long Create, long Version)> _live = [];

    public BoltFile Bolt { get; } = bolt ?? new BoltFile();

    public long Revision { get; private set; } = 1;

    public EtcdFile Put(string key, string value, long lease = 0) => Put(key, Encoding.UTF8.GetBytes(value), lease);

    public EtcdFile Put(string key, byte[] value, long lease = 0)
    {
        Revision++;
        (long create, long version) = _live.TryGetValue(key, out (long Create, long Version) known) ? known : (Revision, 0);
        _live[key] = (create, ++version);
        byte[] message =
        [
            .. Proto.Bytes(1, Encoding.UTF8.GetBytes(key)), .. Proto.Number(2, create), .. Proto.Number(3, Revision), .. Proto.Number(4, version),
            .. value.Length > 0 ? Proto.Bytes(5, value) : [], .. lease != 0 ? Proto.Number(6, lease) : [],
        ];
        Bolt["key"][RevisionKey(Revision)] = message;
        return this;
    }

    public EtcdFile Delete(string key)
    {
        Revision++;
        _live.Remove(key);
        Bolt["key"][[.. RevisionKey(Revision), (byte)'t']] = Proto.Bytes(1, Encoding.UTF8.GetBytes(key));
        return this;
    }

    /// <summary>What a restore with <c>--bump-revision</c> and <c>--mark-compacted</c> does.</summary>
    public EtcdFile Bump(long by)
    {
        Revision += by;
        Bolt["key"][RevisionKey(Revision)] = [];
        Bolt["meta"][Encoding.ASCII.GetBytes("scheduledCompactRev")] = RevisionKey(Revision);
        return this;
    }

    public EtcdFile Meta(string name, byte[] value)
    {
        Bolt["meta"][Encoding.ASCII.GetBytes(name)] = value;
        return this;
    }

    /// <summary>The buckets that every etcd has.</summary>
    public EtcdFile WithBuckets()
    {
        foreach (string name in (string[])["alarm", "auth", "authRoles", "authUsers", "cluster", "key", "lease", "members", "members_removed", "meta"])
        {
            _ = Bolt[name];
        }

        byte[] index = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(index, 42);
        return Meta("consistent_index", index);
    }

    public byte[] Build() => Bolt.Build();

    public static byte[] RevisionKey(long main, long sub = 0)
    {
        byte[] key = new byte[17];
        BinaryPrimitives.WriteInt64BigEndian(key, main);
        key[8] = (byte)'_';
        BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(9), sub);
        return key;
    }
}
