using System.Runtime.CompilerServices;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>
/// A value of the <c>key</c> bucket: protobuf <c>mvccpb.KeyValue</c> {1 key, 2 create_revision, 3 mod_revision, 4 version, 5 value, 6 lease}.
/// A deletion has the key only.
/// </summary>
internal readonly ref struct StoredKeyValue
{
    // The fields after the value are one number: the lease.
    private const int LongestTail = 64;

    private StoredKeyValue(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, LeafElement element, Numbers numbers)
    {
        Key = key;
        ValueStart = value;
        (CreateRevision, ModRevision, Version, Lease) = (numbers.Create, numbers.Mod, numbers.Version, numbers.Lease);
        ValueSize = numbers.ValueSize;
        ValueOffset = element.ValueStart + numbers.ValueAt;
    }

    /// <summary>The key as its user knows it.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>The revision that created the key.</summary>
    public long CreateRevision { get; }

    /// <summary>The revision that wrote this value.</summary>
    public long ModRevision { get; }

    /// <summary>How often the key was written since it was created.</summary>
    public long Version { get; }

    /// <summary>The lease it is attached to; 0 for none.</summary>
    public long Lease { get; }

    /// <summary>The value, or its beginning where it is too large to be in memory.</summary>
    public ReadOnlySpan<byte> ValueStart { get; }

    /// <summary>The bytes of the value.</summary>
    public long ValueSize { get; }

    /// <summary>Where the value begins, from the start of the page.</summary>
    public long ValueOffset { get; }

    /// <summary>Reads the value of an element.</summary>
    /// <returns>False when it is no <c>KeyValue</c>. An empty one, which a restore that raises the revision writes, is: without a key.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryRead(LeafPage leaf, LeafElement element, out StoredKeyValue stored)
    {
        ReadOnlySpan<byte> message = leaf.Value(element);
        bool isPart = message.Length < element.ValueSize;
        WireReader fields = new(message);
        ReadOnlySpan<byte> key = default;
        ReadOnlySpan<byte> value = default;
        Numbers numbers = default;
        // Of a value too large for the memory only the beginning is there, cut off anywhere: what follows the user's bytes is read from the file.
        while (!(isPart && fields.Field == 5) && fields.Next())
        {
            if (!HasType(fields.Field, fields.Type) || (fields.IsCut && fields.Field != 5))
            {
                return Fail(out stored);
            }

            switch (fields.Field)
            {
                case 1:
                    key = fields.Bytes;
                    break;
                case 5:
                    value = fields.IsCut ? message[fields.BytesStart..] : fields.Bytes;
                    numbers.ValueAt = fields.BytesStart;
                    numbers.ValueSize = (long)Math.Min(fields.BytesLength, long.MaxValue);
                    break;
                default:
                    numbers.Take(fields.Field, fields.Number);
                    break;
            }
        }

        bool sound = isPart || fields.IsCut
            ? fields.Field == 5 && TryReadTail(leaf, element, ref numbers)
            : !fields.IsMalformed;
        stored = sound ? new StoredKeyValue(key, value, element, numbers) : default;
        return sound && (key.Length > 0 || element.ValueSize == 0);
    }

    private static bool Fail(out StoredKeyValue stored)
    {
        stored = default;
        return false;
    }

    // etcd refuses a field it knows in another form. One that it does not know it skips.
    private static bool HasType(int field, int type) => field switch
    {
        1 or 5 => type == WireReader.Delimited,
        2 or 3 or 4 or 6 => type == WireReader.Varint,
        _ => true,
    };

    private static bool TryReadTail(LeafPage leaf, LeafElement element, ref Numbers numbers)
    {
        long tail = element.ValueSize - numbers.ValueAt - numbers.ValueSize;
        if (tail is < 0 or > LongestTail)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[(int)tail];
        leaf.Read(element.End - tail, bytes);
        WireReader fields = new(bytes);
        while (fields.Next())
        {
            if (!HasType(fields.Field, fields.Type))
            {
                return false;
            }

            numbers.Take(fields.Field, fields.Number);
        }

        return !fields.IsMalformed && !fields.IsCut;
    }

    private struct Numbers
    {
        public long Create;
        public long Mod;
        public long Version;
        public long Lease;
        public long ValueSize;
        public int ValueAt;

        public void Take(int field, ulong number)
        {
            switch (field)
            {
                case 2:
                    Create = (long)number;
                    break;
                case 3:
                    Mod = (long)number;
                    break;
                case 4:
                    Version = (long)number;
                    break;
                case 6:
                    Lease = (long)number;
                    break;
                default:
                    break;
            }
        }
    }
}
