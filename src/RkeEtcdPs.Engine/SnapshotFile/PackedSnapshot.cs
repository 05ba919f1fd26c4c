using System.Globalization;
using System.IO.Compression;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>
/// A snapshot as RKE packs it: a zip with the database under <c>/backup/</c> and, beside it, the state of the cluster as <c>NAME.rkestate</c>.
/// </summary>
/// <remarks>
/// A database is read in the order of its tree, which a deflated stream cannot do, so it is unpacked once into a private temporary file
/// (readable by its owner only, without a name where the system allows that, gone when closed): memory stays constant, the disk holds the database
/// for as long as it is open.
/// </remarks>
internal static class PackedSnapshot
{
    private const string StateSuffix = ".rkestate";
    private const int LargestRatio = 1032;

    /// <summary>True when the bytes begin as a zip does, an empty one too. A bolt database begins with the number of page 0, eight zero bytes.</summary>
    public static bool IsZip(SnapshotBytes bytes)
    {
        Span<byte> start = stackalloc byte[4];
        return bytes.Read(0, start) == start.Length && (start.SequenceEqual("PK\x03\x04"u8) || start.SequenceEqual("PK\x05\x06"u8));
    }

    /// <inheritdoc cref="Unpack(Stream, IProgress{long}?, CancellationToken)"/>
    public static SnapshotBytes Unpack(string path, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        using FileStream zip = File.OpenRead(path);
        return Unpack(zip, progress, cancellationToken);
    }

    /// <summary>Unpacks the database.</summary>
    /// <returns>The database's bytes, which vanish when disposed.</returns>
    /// <exception cref="SnapshotCorruptException">The zip is damaged or has no snapshot in it.</exception>
    public static SnapshotBytes Unpack(Stream zip, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        FileStream database = CreatePrivateFile();
        try
        {
            using ZipArchive archive = new(zip, ZipArchiveMode.Read, leaveOpen: true);
            ZipArchiveEntry entry = FindDatabase(archive);
            using Stream packed = entry.Open();
            EnsureRoom(entry);
            Copy(packed, database, entry.Length, progress, cancellationToken);
            return new SnapshotBytes(database, leaveOpen: false);
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or EndOfStreamException or ArgumentException)
        {
            database.Dispose();
            throw new SnapshotCorruptException($"the zip around it cannot be unpacked ({e.Message.TrimEnd('.')})", inner: e);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>The member of a zip that is the snapshot.</summary>
    /// <exception cref="SnapshotCorruptException">There is none, or several may be.</exception>
    internal static ZipArchiveEntry FindDatabase(ZipArchive archive)
    {
        List<ZipArchiveEntry> databases = archive.Entries
            .Where(entry => entry.Name.Length > 0 && !entry.Name.EndsWith(StateSuffix, StringComparison.OrdinalIgnoreCase))
            .ToList();
        List<ZipArchiveEntry> backups = databases.FindAll(entry => entry.FullName.TrimStart('/').StartsWith("backup/", StringComparison.Ordinal));
        return (backups.Count > 0 ? backups : databases) switch
        {
            [ZipArchiveEntry only] => only,
            [] => throw new SnapshotCorruptException("the zip holds no snapshot"),
            List<ZipArchiveEntry> several => throw new SnapshotCorruptException($"the zip holds {several.Count} files that may be the snapshot; unpack the one you want"),
        };
    }

    /// <summary>Size and CRC-32 of what RKE puts beside the database, the state of the cluster with its keys; null when there is none.</summary>
    internal static string? DescribeState(ZipArchive archive)
    {
        string state = string.Join(',', archive.Entries
            .Where(entry => entry.Name.EndsWith(StateSuffix, StringComparison.OrdinalIgnoreCase))
            .Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Length}:{entry.Crc32:x8}")));
        return state.Length > 0 ? state : null;
    }

    /// <exception cref="IOException">The disk for temporary files has no room for the database.</exception>
    private static void EnsureRoom(ZipArchiveEntry entry)
    {
        // What deflate can make of so many bytes at the most: a directory that claims more lies.
        if (entry.Length / LargestRatio > entry.CompressedLength)
        {
            throw new InvalidDataException("its directory says more data than so few bytes can hold");
        }

        string folder = Path.GetTempPath();
        if (folder.StartsWith(@"\\", StringComparison.Ordinal))
        {
            return; // Windows tells the free space of drives only.
        }

        long free = new DriveInfo(folder).AvailableFreeSpace;
        if (entry.Length > free)
        {
            throw new IOException($"unpacking it takes {entry.Length} bytes, and {folder} has {free}");
        }
    }

    private static void Copy(Stream from, FileStream to, long length, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[1 << 17];
        long done = 0;
        int read;
        while ((read = from.Read(buffer)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            done += read;
            if (done > length)
            {
                throw new InvalidDataException("more data than the zip's directory says");
            }

            to.Write(buffer, 0, read);
            progress?.Report(done);
        }

        if (done < length)
        {
            throw new InvalidDataException("less data than the zip's directory says");
        }
    }

    /// <summary>A temporary file that only its owner can read, and that is gone when it is closed.</summary>
    public static FileStream CreatePrivateFile()
    {
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        string path = Path.Combine(Path.GetTempPath(), $"etcd-snapshot-{Guid.NewGuid():N}.db");
        FileStream file = new(path, options);
        if (!OperatingSystem.IsWindows())
        {
            // It holds every secret of the cluster: also a process that is killed must not leave it behind.
            File.Delete(path);
        }

        return file;
    }
}
