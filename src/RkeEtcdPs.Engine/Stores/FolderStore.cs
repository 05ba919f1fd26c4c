using System.Runtime.CompilerServices;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>A folder that this machine sees, or some files of one.</summary>
/// <param name="folder">The full path of the folder.</param>
/// <param name="only">The names of the files that count; null for all.</param>
internal sealed class FolderStore(string folder, IReadOnlyCollection<string>? only = null) : ISnapshotStore
{
    public string Name => folder;

    /// <inheritdoc />
    /// <exception cref="StoreUnavailableException">The folder is not there, or cannot be read.</exception>
    /// <exception cref="SnapshotUnreadableException">A file cannot be read; thrown after all the others were given.</exception>
    public async IAsyncEnumerable<EtcdSnapshot> ListAsync(IReadOnlyList<string> names, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        EtcdSnapshotException? unreadable = null;
        foreach (FileInfo file in Files())
        {
            cancellationToken.ThrowIfCancellationRequested();
            EtcdSnapshot? snapshot = null;
            try
            {
                snapshot = Look(file);
            }
            catch (EtcdSnapshotException failure)
            {
                unreadable ??= failure;
            }

            if (snapshot is not null && (NamePattern.MatchesAny(names, snapshot.Name) || NamePattern.MatchesAny(names, file.Name)))
            {
                yield return snapshot;
            }
        }

        // The others are given all the same.
        if (unreadable is not null)
        {
            throw unreadable;
        }
    }

    /// <inheritdoc />
    /// <exception cref="EtcdSnapshotException">It is not there any more, or cannot be read.</exception>
    public Task<Stream> OpenAsync(EtcdSnapshot snapshot, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult<Stream>(new FileStream(
                snapshot.Path,
                new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, Options = FileOptions.Asynchronous | FileOptions.SequentialScan }));
        }
        catch (Exception error) when (SnapshotFileFailure.From(snapshot.Path, error) is { } failure)
        {
            throw failure;
        }
    }

    /// <inheritdoc />
    public async Task<Stream?> OpenRestAsync(EtcdSnapshot snapshot, PartialCopy begun, CancellationToken cancellationToken)
    {
        Stream file = await OpenAsync(snapshot, cancellationToken).ConfigureAwait(false);
        try
        {
            if (file.Length >= begun.Length && await new PartialCopy(snapshot.Path, begun.Length).HashAsync(cancellationToken).ConfigureAwait(false)
                == await begun.HashAsync(cancellationToken).ConfigureAwait(false))
            {
                file.Position = begun.Length;
                return file;
            }
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        await file.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    /// <inheritdoc />
    /// <exception cref="EtcdSnapshotException">It is not there any more, has changed, or cannot be removed.</exception>
    public Task RemoveAsync(EtcdSnapshot snapshot, CancellationToken cancellationToken)
    {
        FileInfo file = new(snapshot.Path);
        if (!string.Equals(file.DirectoryName, Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar), StringComparison.Ordinal) && file.DirectoryName != folder)
        {
            throw new SnapshotNotFoundException(snapshot.Path, $"that is no place in {folder}");
        }

        EtcdSnapshot now = (file.Exists || file.LinkTarget is not null ? Look(file) : null)
            ?? throw new SnapshotNotFoundException(snapshot.Path, Directory.Exists(snapshot.Path) ? "it is a folder" : "it is not there any more");
        if (file.LinkTarget is not null)
        {
            throw SnapshotNotRemovedException.Refused(snapshot, "it is no regular file");
        }

        if ((now.Size, now.ModifiedAt, now.Kind) != (snapshot.Size, snapshot.ModifiedAt, snapshot.Kind)
            || (!snapshot.IsZip && now.ContentHash != snapshot.ContentHash))
        {
            throw SnapshotNotRemovedException.Changed(snapshot);
        }

        if (now.Kind is SnapshotKind.Unfinished or SnapshotKind.Empty && (DateTime.UtcNow - now.ModifiedAt!.Value).Duration() < HostRemoval.Quiet)
        {
            throw SnapshotNotRemovedException.BeingWritten(snapshot);
        }

        try
        {
            file.Delete();
            return Task.CompletedTask;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw SnapshotNotRemovedException.Refused(snapshot, error.Message.TrimEnd('.'));
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private IEnumerable<FileInfo> Files()
    {
        try
        {
            return only is not null
                ? only.Select(name => new FileInfo(Path.Combine(folder, name)))
                : new DirectoryInfo(folder).GetFiles("*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false })
                    .OrderBy(file => file.Name, StringComparer.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException(folder, error);
        }
    }

    /// <summary>Looks at the ends of a file; null when it has gone.</summary>
    /// <exception cref="SnapshotUnreadableException">It may not be read.</exception>
    internal static EtcdSnapshot? Look(FileInfo file)
    {
        try
        {
            // A pipe has no length either, and is never opened: it would be waited on for ever.
            if (file.LinkTarget is not null || file.Length == 0)
            {
                return Describe(file, file.LastWriteTimeUtc, 0, regular: file.LinkTarget is null, [], []);
            }

            // The figures and the bytes of one and the same file, whatever becomes of its name meanwhile.
            using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            long size = RandomAccess.GetLength(handle);
            byte[] head = new byte[Math.Min(StoredFile.HeadLength, size)];
            byte[] tail = new byte[Math.Min(StoredFile.TailLength, size)];
            head = head[..RandomAccess.Read(handle, head, 0)];
            tail = tail[..RandomAccess.Read(handle, tail, size - tail.Length)];
            return Describe(file, File.GetLastWriteTimeUtc(handle), size, regular: true, head, tail);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (SnapshotFileFailure.From(file.FullName, error) is { } failure)
        {
            throw failure;
        }
    }

    private static EtcdSnapshot Describe(FileInfo file, DateTime time, long size, bool regular, byte[] head, byte[] tail)
    {
        DateTime seconds = new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);
        return new StoredFile(file.Name, size, seconds, regular, head, tail).Describe(file.FullName, SnapshotLocation.File);
    }
}
