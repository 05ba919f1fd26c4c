using System.Diagnostics;
using System.Globalization;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>A folder of one SSH connection that only this user can enter: its socket, its configuration and any inline key.</summary>
/// <remarks>
/// It records which client and which ssh process use it, so that the next client removes what a killed one left behind:
/// an <c>ssh -N</c> outlives its parent.
/// </remarks>
internal sealed class SshPrivateFolder : IDisposable
{
    private const string Prefix = "etcdsnapshot-ssh-";
    private const string ProcessesFile = "processes";

    // A Unix socket's path holds 104 bytes on macOS and 108 on Linux. Where TMPDIR leaves too few for ours, this folder does.
    private const string ShortRoot = "/tmp";
    private const int LongestRoot = 60;
    private const int LargestRecord = 64 * 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly DirectoryInfo _folder;

    private readonly List<Process> _processes = [];

    private SshPrivateFolder(DirectoryInfo folder)
    {
        _folder = folder;
        AppDomain.CurrentDomain.ProcessExit += EndWithClient;
    }

    public string FullName => _folder.FullName;

    /// <summary>Where ssh listens.</summary>
    public string SocketPath => Path.Combine(FullName, "d.sock");

    public static SshPrivateFolder Create()
    {
        // Both ways make it 0700 and under a name nobody could have taken before.
        SshPrivateFolder folder = new(
            !OperatingSystem.IsWindows() && Path.GetTempPath().Length > LongestRoot
                ? Directory.CreateDirectory(Path.Combine(ShortRoot, $"{Prefix}{Guid.NewGuid():N}"), OwnerOnly)
                : Directory.CreateTempSubdirectory(Prefix));
        folder.Write(ProcessesFile, ClientProcess.Current + "\n");
        return folder;
    }

    /// <summary>Writes a file that only this user can read, and gives its path.</summary>
    public string Write(string name, string content)
    {
        string path = Path.Combine(FullName, name);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using StreamWriter writer = new(path, options);
        writer.Write(content);
        return path;
    }

    /// <summary>Records an ssh process as the user of this folder.</summary>
    public void Record(Process ssh)
    {
        lock (_processes)
        {
            _processes.Add(ssh);
            File.AppendAllText(Path.Combine(FullName, ProcessesFile), ClientProcess.Describe(ssh) + "\n");
        }
    }

    /// <summary>Removes the folders of clients that are gone, and ends the ssh processes these left. Never fails.</summary>
    public static void Sweep()
    {
        string[] roots = OperatingSystem.IsWindows() ? [Path.GetTempPath()] : [Path.GetTempPath(), ShortRoot];
        foreach (string path in roots.Where(Directory.Exists).SelectMany(root => Directory.GetDirectories(root, Prefix + "*")).Distinct())
        {
            try
            {
                SweepOne(path);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // Another user's folder, or one that another client is sweeping at this moment: not ours to mind.
            }
        }
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= EndWithClient;
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Somebody cleaned the temporary folder, or on Windows ssh still has a file open. The next client sweeps what is left.
        }
    }

    /// <summary>The client ends while a connection is open, by `exit` or SIGTERM: nothing of it may stay.</summary>
    private void EndWithClient(object? sender, EventArgs e)
    {
        lock (_processes)
        {
            foreach (Process ssh in _processes)
            {
                try
                {
                    ssh.Kill();
                }
                catch (InvalidOperationException)
                {
                    // It has ended before.
                }
            }
        }

        Dispose();
    }

    private static void SweepOne(string path)
    {
        // Anybody can put anything into a folder for temporary files. What a client made is entered by its owner alone, and its record
        // is a small file, which a pipe or a device is not.
        FileInfo record = new(Path.Combine(path, ProcessesFile));
        if ((!OperatingSystem.IsWindows() && File.GetUnixFileMode(path) != OwnerOnly) || record is not { Exists: true, Length: > 0 and < LargestRecord } || record.LinkTarget is not null)
        {
            return;
        }

        string[] processes = File.ReadAllLines(record.FullName);
        if (processes.Length == 0 || !ClientProcess.IsGone(processes[0]))
        {
            return;
        }

        foreach (string line in processes.Skip(1))
        {
            // The command line must name this very folder, so that a forged file cannot make us end anything else. On Windows ssh is used over its
            // standard streams, and ends with its parent.
            if (!OperatingSystem.IsWindows() && ClientProcess.Find(line) is { } ssh && CommandLine(ssh.Id).Contains(path + "/", StringComparison.Ordinal))
            {
                ssh.Kill();
            }
        }

        EndUnrecorded(path);
        Directory.Delete(path, recursive: true);
    }

    /// <summary>Ends an ssh whose client was killed between its start and its record. Where /proc tells no command lines it stays.</summary>
    private static void EndUnrecorded(string path)
    {
        foreach (string process in OperatingSystem.IsLinux() ? Directory.GetDirectories("/proc") : [])
        {
            try
            {
                if (int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                    && File.ReadAllText(Path.Combine(process, "cmdline")).Split('\0') is [string program, ..] words
                    && Path.GetFileName(program) is "ssh" or "sh"
                    && words.Any(word => word.Contains(path + "/", StringComparison.Ordinal)))
                {
                    using Process ssh = Process.GetProcessById(id);
                    ssh.Kill();
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                // It has ended meanwhile, or is another user's.
            }
        }
    }

    private static string CommandLine(int processId)
    {
        string path = $"/proc/{processId}/cmdline";
        if (File.Exists(path))
        {
            return File.ReadAllText(path);
        }

        ProcessStartInfo start = new("ps", ["-ww", "-o", "args=", "-p", processId.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true };
        using Process ps = Process.Start(start) ?? throw new InvalidOperationException("ps did not start");
        return ps.StandardOutput.ReadToEnd();
    }
}
