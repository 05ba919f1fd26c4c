using System.Diagnostics;
using System.Globalization;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>Names processes of this machine so that another process can later tell whether they are gone.</summary>
internal static class ClientProcess
{
    /// <summary>This machine and this process: see <see cref="NameOf"/>.</summary>
    public static string Current { get; } = NameOf(Process.GetCurrentProcess());

    /// <summary>This machine and a process of it, as <c>machine/pid/start</c>.</summary>
    public static string NameOf(Process process) => $"{Machine()}/{Describe(process).Replace(' ', '/')}";

    /// <summary>A process of this machine, as <c>pid start</c>; the start as in <see cref="StartOf"/>.</summary>
    public static string Describe(Process process) => string.Create(CultureInfo.InvariantCulture, $"{process.Id} {StartOf(process)}");

    /// <summary>The process that <see cref="Describe"/> named; null when it is gone, or when the text is no such name.</summary>
    public static Process? Find(string description) => Find(description, out _);

    private static Process? Find(string description, out bool hidden)
    {
        hidden = false;
        if (description.Split(' ') is not [string pid, string start] || !int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
        {
            return null;
        }

        try
        {
            Process process = Process.GetProcessById(id);
            return !process.HasExited && IsStart(process, start) ? process : null;
        }
        catch (ArgumentException)
        {
            hidden = LinuxProcess.IsHidden(id);
            return null;
        }
        catch (InvalidOperationException)
        {
            return null; // One that has just ended.
        }
        catch (System.ComponentModel.Win32Exception)
        {
            hidden = true;
            return null; // Another user's.
        }
    }

    /// <summary>When a process began: on Linux as <see cref="LinuxProcess.StartOf"/> says it, elsewhere in ticks, UTC.</summary>
    private static string StartOf(Process process)
        => LinuxProcess.StartOf(process.Id) ?? process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);

    private static bool IsStart(Process process, string start)
    {
        if (LinuxProcess.StartOf(process.Id) is { } own)
        {
            return start == own;
        }

        // Where a process tells its start by the wall clock alone, two readers of it differ a little.
        return long.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out long ticks)
            && ticks <= DateTime.MaxValue.Ticks
            && (new DateTime(ticks, DateTimeKind.Utc) - process.StartTime.ToUniversalTime()).Duration() < TimeSpan.FromSeconds(2);
    }

    /// <summary>True when <paramref name="client"/>, once <see cref="Current"/> of some process, was of this machine and is gone.</summary>
    /// <remarks>One that this user may not look at counts as there.</remarks>
    public static bool IsGone(string client) => OfThisMachine(client) is { } process && Find(process, out bool hidden) is null && !hidden;

    /// <summary>True when <paramref name="client"/> was of another machine, or is no such name: whether it is alive cannot be told.</summary>
    public static bool IsElsewhere(string client) => OfThisMachine(client) is null;

    /// <summary>What tells this machine, and on Linux this container, from others of its name: process ids mean nothing beyond it.</summary>
    private static string Machine()
    {
        string system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "macos" : new FileInfo("/proc/self/ns/pid").LinkTarget ?? "unix";
        return $"{Environment.MachineName}.{MachineId()}.{system}".Replace('/', '-');
    }

    private static string MachineId()
    {
        try
        {
            return OperatingSystem.IsLinux() ? File.ReadAllText("/etc/machine-id").Trim() : "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string? OfThisMachine(string client)
    {
        string[] parts = client.Split('/');
        return parts.Length == 3 && parts[0] == Machine() ? $"{parts[1]} {parts[2]}" : null;
    }
}
