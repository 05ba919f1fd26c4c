using System.Diagnostics;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>A folder that this machine sees, for one copy: written beside, read back, and only then named.</summary>
internal sealed class FolderCopyTarget(FolderDestination folder, CopyContent content, CopyRequest request) : ICopyTarget
{
    private readonly string _final = Path.Combine(folder.Path, FileName(folder, content.FileName));
    private FolderPart? _part;
    private bool _writing;
    private bool _useless;

    public bool NeedsLength => false;

    public PartialCopy? Begun { get; private set; }

    public Task<FoundCopy?> FindAsync(CancellationToken cancellationToken) => AttemptAsync<FoundCopy?>(async () =>
    {
        FileInfo file = new(_final);
        if (!file.Exists)
        {
            return Directory.Exists(_final) ? throw SnapshotExistsException.Folder(_final, null) : null;
        }

        ZipContent? read = await ReadAsync(cancellationToken).ConfigureAwait(false);
        return new FoundCopy(Describe(file.Length, "", TimeSpan.Zero, verified: false) with { ContentHash = read?.Hash }, read?.State);
    });

    public Task<EtcdSnapshot> ProveAsync(EtcdSnapshot found, CancellationToken cancellationToken) => AttemptAsync(async () =>
    {
        Stopwatch watch = Stopwatch.StartNew();
        string hash = await ContentProof.RunAsync(Open(_final), content.IsZip, _final, found.ContentHash, cancellationToken).ConfigureAwait(false);
        return Describe(found.Size, hash, watch.Elapsed, verified: true);
    });

    public Task PrepareAsync(CancellationToken cancellationToken) => AttemptAsync(() =>
    {
        Directory.CreateDirectory(folder.Path);
        LookForLeft();
        if (FreeBytes() is { } free && free + (Begun?.Length ?? 0) < content.Room)
        {
            throw new NotEnoughDiskException(folder.Path, $"it has {free} bytes free and the copy needs {content.Room}");
        }

        return Task.FromResult(true);
    });

    public Task<EtcdSnapshot> ReceiveAsync(Stream stream, long? length, CancellationToken cancellationToken) => AttemptAsync(async () =>
    {
        Stopwatch watch = Stopwatch.StartNew();
        _writing = true;
        _part ??= FolderPart.Create(OwnPath());
        (WrittenBack written, string hash) = await WriteAsync(_part, stream, cancellationToken).ConfigureAwait(false);
        File.SetLastWriteTimeUtc(_part.Handle, content.WrittenAt);
        Publish(_part);
        _writing = false;
        return Describe(written.Length, hash, watch.Elapsed, verified: true);
    });

    public Task<EtcdSnapshotException> ExplainAsync(Exception error) => Task.FromResult(FolderFailure.From(folder.Path, error) ?? new UnexpectedFailureException(folder.Path, error));

    public ValueTask DisposeAsync()
    {
        _part?.Dispose();
        if (_part is not null && _writing && (!request.Resume || _useless))
        {
            try
            {
                File.Delete(_part.Path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // The folder is gone. A later copy of the name removes what is left.
            }
        }

        return ValueTask.CompletedTask;
    }

    private static string FileName(FolderDestination folder, string name) => FolderFileName.IsNeeded(folder.WindowsNames) ? FolderFileName.Encode(name) : name;

    private static FileStream Open(string path)
        => new(path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, Options = FileOptions.Asynchronous | FileOptions.SequentialScan });

    private async Task<(WrittenBack Written, string Hash)> WriteAsync(FolderPart part, Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            WrittenBack written = await WrittenBack.WriteAsync(part.Handle, Begun?.Length ?? 0, stream, content.IsZip, request.StallLimit, folder.Path, cancellationToken).ConfigureAwait(false);
            return (written, await ContentProof.ReadBackAsync(part.Path, content, written, cancellationToken).ConfigureAwait(false));
        }
        catch (EtcdSnapshotException damage) when (damage is SnapshotCorruptException or SnapshotMismatchException)
        {
            // Nobody should go on with what is wrong in itself.
            _useless = true;
            throw;
        }
    }

    private string OwnPath() => Path.Combine(folder.Path, FileName(folder, SnapshotFolder.OwnPartName(content.FileName)));

    /// <summary>Goes on with the newest that copies which are no more have left, if it is to, and removes the others when they are old.</summary>
    private void LookForLeft()
    {
        string name = FileName(folder, SnapshotFolder.PartName(content.FileName));
        foreach (FileInfo file in new DirectoryInfo(folder.Path).GetFiles().Where(file => SnapshotFolder.IsPart(file.Name, name) && IsOurs(file)).OrderByDescending(file => file.LastWriteTimeUtc))
        {
            if (request.Resume && _part is null && file.Length > 0 && file.Length <= (content.Length ?? long.MaxValue) && FolderPart.TakeOver(file.FullName, OwnPath()) is { } part)
            {
                _part = part;
                Begun = new PartialCopy(part.Path, RandomAccess.GetLength(part.Handle));
            }
            else if ((DateTime.UtcNow - file.LastWriteTimeUtc).Duration() >= HostRemoval.Quiet)
            {
                FolderPart.Remove(file.FullName);
            }
        }
    }

    /// <summary>True for a file of our own making, by its mode, and not what somebody else put in its place.</summary>
    private static bool IsOurs(FileInfo file)
        => file.Exists && file.LinkTarget is null && (OperatingSystem.IsWindows() || file.UnixFileMode == (UnixFileMode.UserRead | UnixFileMode.UserWrite));

    private async Task<ZipContent?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return content.IsZip ? await ContentProof.ReadZipAsync(Open(_final), _final, null, cancellationToken).ConfigureAwait(false)
                : ReadTrailer() is { } hash ? new ZipContent(hash, null)
                : null;
        }
        catch (SnapshotCorruptException)
        {
            return null;
        }
    }

    private string? ReadTrailer()
    {
        using SnapshotBytes bytes = SnapshotBytes.Open(_final);
        return SnapshotTrailer.Read(bytes).Hash;
    }

    private void Publish(FolderPart part)
    {
        try
        {
            File.Move(part.Path, _final, overwrite: request.Replace);
        }
        catch (IOException) when (!request.Replace && File.Exists(_final))
        {
            throw new SnapshotExistsException(_final, "it came there while this one was written", null);
        }
    }

    private EtcdSnapshot Describe(long size, string hash, TimeSpan duration, bool verified) => content.At(_final, SnapshotLocation.File, size, hash, duration, verified);

    private long? FreeBytes()
    {
        try
        {
            return new DriveInfo(folder.Path).AvailableFreeSpace;
        }
        catch (Exception error) when (error is ArgumentException or IOException or UnauthorizedAccessException)
        {
            return null; // A share has no drive to ask.
        }
    }

    private async Task<T> AttemptAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception error) when (FolderFailure.From(folder.Path, error) is { } failure)
        {
            throw failure;
        }
    }
}
