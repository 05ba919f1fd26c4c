using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>A snapshot in a file that this machine sees.</summary>
internal sealed class FileCopySource(EtcdSnapshot snapshot) : ICopySource
{
    public EtcdSnapshot Snapshot => snapshot;

    public Task<Stream> OpenAsync(CancellationToken cancellationToken) => Task.FromResult<Stream>(new FileStream(
        snapshot.Path,
        new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, Options = FileOptions.Asynchronous | FileOptions.SequentialScan }));

    public Task<EtcdSnapshotException> ExplainAsync(Exception error)
        => Task.FromResult(SnapshotFileFailure.From(snapshot.Path, error) ?? new UnexpectedFailureException(snapshot.Path, error));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Describes a file by its name, size and last bytes; what is in it is proved when it is read.</summary>
    /// <exception cref="EtcdSnapshotException">It is not there, cannot be read, or is no snapshot.</exception>
    public static EtcdSnapshot Describe(string path)
    {
        try
        {
            using SnapshotBytes bytes = SnapshotBytes.Open(path);
            bool isZip = PackedSnapshot.IsZip(bytes);
            string name = FolderFileName.Decode(Path.GetFileName(path));
            return new EtcdSnapshot
            {
                Name = isZip && name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) ? name[..^4] : name,
                Path = path,
                Location = SnapshotLocation.File,
                IsZip = isZip,
                Size = bytes.Length,
                CreatedAt = File.GetLastWriteTimeUtc(path),
                ContentHash = isZip ? null : SnapshotTrailer.Read(bytes).Hash,
            };
        }
        catch (Exception error) when (SnapshotFileFailure.From(path, error) is { } failure)
        {
            throw failure;
        }
    }
}
