using Microsoft.Win32.SafeHandles;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>The bytes of a snapshot, read at any offset and from any thread. Nothing is cached here: the system's page cache does it better.</summary>
internal sealed class SnapshotBytes : IDisposable
{
    private readonly SafeFileHandle? _file;
    private readonly Stream? _stream;
    private readonly bool _leaveOpen;
    private readonly object _position = new();

    /// <summary>A file; disposed with this.</summary>
    public SnapshotBytes(SafeFileHandle file)
    {
        _file = file;
        Length = RandomAccess.GetLength(file);
    }

    /// <summary>A stream that can seek, from its position 0.</summary>
    public SnapshotBytes(Stream stream, bool leaveOpen)
    {
        if (!stream.CanRead || !stream.CanSeek)
        {
            throw new ArgumentException("A snapshot is read from a stream that can seek.", nameof(stream));
        }

        _stream = stream;
        _leaveOpen = leaveOpen;
        Length = stream.Length;
    }

    /// <summary>The size in bytes when it was opened.</summary>
    public long Length { get; }

    /// <summary>Opens a file for reading only. A file that is still being written to can be opened too: its reader says what is wrong with it.</summary>
    /// <exception cref="SnapshotCorruptException">It has no bytes: it is empty, or no file at all but a pipe or a device.</exception>
    public static SnapshotBytes Open(string path)
    {
        // Before it is opened: opening a pipe waits for somebody to write to it, and nothing could end that.
        FileInfo file = new(path);
        if (file.Exists && ((file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo) ?? file).Length == 0)
        {
            throw new SnapshotCorruptException("it has no bytes: it is empty, or no file on a disk");
        }

        return new SnapshotBytes(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
    }

    /// <summary>Fills <paramref name="into"/> from <paramref name="offset"/>, or less where the file ends.</summary>
    /// <returns>The number of bytes read.</returns>
    public int Read(long offset, Span<byte> into)
    {
        int done = 0;
        while (done < into.Length)
        {
            int read = ReadSome(offset + done, into[done..]);
            if (read == 0)
            {
                break;
            }

            done += read;
        }

        return done;
    }

    /// <summary>Fills <paramref name="into"/> wholly.</summary>
    /// <exception cref="SnapshotCorruptException">The file ends before.</exception>
    public void ReadExactly(long offset, Span<byte> into, long page)
    {
        if (Read(offset, into) < into.Length)
        {
            throw new SnapshotCorruptException("the file ends inside this page", page, offset);
        }
    }

    public void Dispose()
    {
        _file?.Dispose();
        if (!_leaveOpen)
        {
            _stream?.Dispose();
        }
    }

    private int ReadSome(long offset, Span<byte> into)
    {
        if (_file is not null)
        {
            return RandomAccess.Read(_file, into, offset);
        }

        lock (_position)
        {
            _stream!.Position = offset;
            return _stream.Read(into);
        }
    }
}
