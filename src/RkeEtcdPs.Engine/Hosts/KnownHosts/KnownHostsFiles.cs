using System.Text;

namespace RkeEtcdPs.Engine.Hosts.KnownHosts;

/// <summary>Where host keys are known from, and where a new one is remembered.</summary>
/// <param name="Paths">The files; one that does not exist knows nothing. New keys go into the first.</param>
internal sealed record KnownHostsFiles(IReadOnlyList<string> Paths)
{
    private static readonly TimeSpan LockLimit = TimeSpan.FromSeconds(10);

    /// <summary>The files that an ssh_config names, otherwise the user's and the system's.</summary>
    /// <exception cref="IOException">The ssh_config cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The ssh_config may not be read.</exception>
    public static KnownHostsFiles Find(string? sshConfigPath)
    {
        if (sshConfigPath is not null && KnownHostsSetting.Find(File.ReadLines(sshConfigPath)) is { } named)
        {
            return new KnownHostsFiles([.. named.Select(ExpandHome)]);
        }

        string system = OperatingSystem.IsWindows()
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "ssh", "ssh_known_hosts")
            : "/etc/ssh/ssh_known_hosts";
        return new KnownHostsFiles([ExpandHome("~/.ssh/known_hosts"), system]);
    }

    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public KnownHostList Read() => KnownHostList.Parse(Paths.Where(Path.Exists).SelectMany(File.ReadLines));

    /// <summary>Adds a line for a host to the first file.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void Remember(string address, int port, HostKey key)
    {
        if (Paths.Count == 0)
        {
            throw new IOException("the ssh_config names no file to remember it in");
        }

        string path = Paths[0];
        CreateFolder(Path.GetDirectoryName(Path.GetFullPath(path)));
        using FileStream file = OpenAlone(path);
        string line = $"{HostNames.Name(address, port)} {key.Type} {key.Base64}\n";
        // In one write, so that whoever reads meanwhile sees the line whole or not at all.
        file.Write(Encoding.ASCII.GetBytes(EndsWithinLine(file) ? "\n" + line : line));
    }

    private static bool EndsWithinLine(FileStream file)
    {
        if (!file.CanSeek || file.Length == 0)
        {
            return false;
        }

        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != '\n';
    }

    /// <summary>Opens the file for us alone: several hosts may be met for the first time at once.</summary>
    private static FileStream OpenAlone(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        long started = Environment.TickCount64;
        while (true)
        {
            try
            {
                FileStream file = new(path, options);
                if (file.CanSeek)
                {
                    file.Seek(0, SeekOrigin.End);
                }

                return file;
            }
            catch (IOException error) when (error is not DirectoryNotFoundException && Environment.TickCount64 - started < LockLimit.TotalMilliseconds)
            {
                Thread.Sleep(10);
            }
        }
    }

    private static void CreateFolder(string? folder)
    {
        if (folder is null || Directory.Exists(folder))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static string ExpandHome(string path) => path is "~" or ['~', '/' or '\\', ..]
        ? Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[1..])
        : path;
}
