using System.IO.Compression;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Recovery.NewHosts;

/// <summary>RKE's state of the cluster in the zip that later versions of RKE make of a snapshot.</summary>
internal static class StateInZip
{
    private const string Extension = ".rkestate";

    // It comes after the database, so that the end of the zip will do. A state has some hundred thousand bytes.
    private const int EndLength = 8 * 1024 * 1024;

    /// <summary>That of a snapshot in a file or a bucket.</summary>
    /// <returns>Null when it is no zip, or has none.</returns>
    /// <exception cref="StateFileInvalidException">What it has is no state.</exception>
    /// <exception cref="Errors.EtcdSnapshotException">The bucket does not give it.</exception>
    public static async Task<RkeState?> FindAsync(EtcdSnapshot? snapshot, S3Connection? connection, CancellationToken cancellationToken)
    {
        if (snapshot is not { IsZip: true, Location: SnapshotLocation.File or SnapshotLocation.S3 })
        {
            return null;
        }

        try
        {
            await using Stream zip = snapshot.Location == SnapshotLocation.File
                ? File.OpenRead(snapshot.Path)
                : await S3Store.OpenEndAsync(S3Address.FolderOf(snapshot.Path), connection ?? new S3Connection(), snapshot, EndLength, cancellationToken).ConfigureAwait(false);
            return Read(snapshot.ToString(), zip);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // That it cannot be read is said where the snapshot is.
        }
    }

    /// <inheritdoc cref="FindAsync"/>
    /// <param name="source">Where it is, in words.</param>
    /// <param name="zip">The zip, which can be sought in.</param>
    public static RkeState? Read(string source, Stream zip)
    {
        try
        {
            using ZipArchive archive = new(zip, ZipArchiveMode.Read, leaveOpen: true);
            if (archive.Entries.FirstOrDefault(entry => entry.FullName.EndsWith(Extension, StringComparison.Ordinal)) is not { } entry)
            {
                return null;
            }

            if (entry.Length > RkeStateFile.MostBytes)
            {
                throw new StateFileInvalidException(source, "the state in it is too large");
            }

            using Stream stream = entry.Open();
            byte[] bytes = new byte[entry.Length];
            stream.ReadExactly(bytes);
            return RkeStateFile.Parse(source, bytes);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            return null; // As above.
        }
    }
}
