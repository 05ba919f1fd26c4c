using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Reads the fields of a protobuf message one after the other. It never throws: a message that ends or goes wrong ends the reading.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> message)
{
    /// <summary>The type of a field that is a number of one to ten bytes.</summary>
    public const int Varint = 0;

    /// <summary>The type of a field that has a length and bytes.</summary>
    public const int Delimited = 2;

    private const int Fixed64 = 1;
    private const int Fixed32 = 5;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _at;

    /// <summary>The number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>Its wire type, such as <see cref="Varint"/>.</summary>
    public int Type { get; private set; }

    /// <summary>Its number, where it is a number; 0 otherwise.</summary>
    public ulong Number { get; private set; }

    /// <summary>Its bytes, where it has bytes and all are in the message; empty otherwise.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Where its bytes begin in the message.</summary>
    public int BytesStart { get; private set; }

    /// <summary>How many bytes it says it has, where it has bytes.</summary>
    public ulong BytesLength { get; private set; }

    /// <summary>True when its bytes reach beyond the message. Nothing can be read after it.</summary>
    public bool IsCut { get; private set; }

    /// <summary>True when the reading ended before the message did, at something that is no field.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Reads the next field.</summary>
    /// <returns>False at the end of the message, after a cut field, and at something that is no field.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Next()
    {
        if (_at >= _message.Length || IsCut || IsMalformed)
        {
            return false;
        }

        (Number, BytesStart, BytesLength) = (0, 0, 0);
        Bytes = default;
        bool read = TryVarint(out ulong tag) && tag is >= 8 and <= uint.MaxValue && TryValue((int)(tag & 7));
        (Field, Type) = ((int)(tag >> 3), (int)(tag & 7));
        IsMalformed = !read;
        return read;
    }

    private bool TryValue(int type)
    {
        switch (type)
        {
            case Varint:
                bool read = TryVarint(out ulong number);
                Number = number;
                return read;
            case Fixed64 when _message.Length - _at >= 8:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(_message[_at..]);
                _at += 8;
                return true;
            case Fixed32 when _message.Length - _at >= 4:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(_message[_at..]);
                _at += 4;
                return true;
            case Delimited when TryVarint(out ulong length):
                BytesStart = _at;
                BytesLength = length;
                IsCut = length > (ulong)(_message.Length - _at);
                Bytes = IsCut ? default : _message.Slice(_at, (int)length);
                _at += Bytes.Length;
                return true;
            default:
                return false;
        }
    }

    private bool TryVarint(out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 70 && _at < _message.Length; shift += 7)
        {
            byte next = _message[_at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
