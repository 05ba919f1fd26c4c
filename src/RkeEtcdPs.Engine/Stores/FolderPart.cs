using Microsoft.Win32.SafeHandles;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>The file that a copy is written to before it is verified. Nobody else writes to it: its name is its own, and it is held open until it is disposed.</summary>
internal sealed class FolderPart : IDisposable
{
    // Who asks for all of a file is refused while anybody has it open. Elsewhere than on Windows such locks are advice, which this module takes.
    private static readonly FileStreamOptions Alone = new()
    {
        Mode = FileMode.Open,
        Access = FileAccess.ReadWrite,
        Share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None,
        BufferSize = 0,
    };

    private readonly FileStream _file;

    private FolderPart(string path, FileMode mode)
    {
        Path = path;
        FileStreamOptions options = new()
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read | FileShare.Delete,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
        };
        if (mode == FileMode.CreateNew && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        _file = new FileStream(path, options);
    }

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <summary>Its bytes.</summary>
    public SafeFileHandle Handle => _file.SafeFileHandle;

    /// <summary>Makes one, which only this user may read.</summary>
    public static FolderPart Create(string path) => new(path, FileMode.CreateNew);

    /// <summary>Takes over what a copy that is no more has left; null when somebody is at it.</summary>
    /// <param name="left">The file.</param>
    /// <param name="path">The name that it gets, so that nobody else takes it over.</param>
    public static FolderPart? TakeOver(string left, string path)
    {
        try
        {
            using (FileStream alone = new(left, Alone))
            {
                File.Move(left, path);
            }

            FolderPart part = new(path, FileMode.Open);
            if (File.Exists(path))
            {
                return part;
            }

            // Between the two somebody took it over from here.
            part.Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Somebody is at it, or has taken it over first.
        }

        return null;
    }

    /// <summary>Removes what a copy that is no more has left, unless somebody is at it.</summary>
    public static void Remove(string left)
    {
        try
        {
            using FileStream alone = new(left, Alone);
            File.Delete(left);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next copy tries again.
        }
    }

    public void Dispose() => _file.Dispose();
}
