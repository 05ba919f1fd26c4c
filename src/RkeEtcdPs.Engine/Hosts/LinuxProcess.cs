using System.Globalization;
using System.Runtime.InteropServices;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>What Linux alone tells of a process, in <c>/proc</c>.</summary>
internal static class LinuxProcess
{
    private const int PermissionDenied = 1; // EPERM

    private static readonly string? Boot = ReadBoot();

    /// <summary>
    /// When a process began, as <c>boot-ticks</c>: the id of the machine's boot, and clock ticks since then. A step of the wall clock changes neither.
    /// Null on other systems, where /proc tells nothing, and of a process that is gone or of which only the exit code is left.
    /// </summary>
    /// <remarks>Source: proc(5), <c>/proc/PID/stat</c>, fields 3 (state) and 22 (starttime); <c>/proc/sys/kernel/random/boot_id</c>.</remarks>
    public static string? StartOf(int process)
    {
        try
        {
            if (Boot is null)
            {
                return null;
            }

            // The second field, the program's name in brackets, may itself hold brackets and spaces.
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            return stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [not "Z" and not "X", ..] fields and { Length: > 19 }
                ? $"{Boot}-{fields[19]}"
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether a process that /proc does not show is there all the same: another user's, where /proc is mounted with <c>hidepid</c>.</summary>
    public static bool IsHidden(int process) => OperatingSystem.IsLinux() && Signal(process, 0) != 0 && Marshal.GetLastPInvokeError() == PermissionDenied;

    private static string? ReadBoot()
    {
        try
        {
            return OperatingSystem.IsLinux() ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim().Replace("-", "", StringComparison.Ordinal) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Signal 0 is none: the kernel only checks whether one could be sent.
    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Signal(int process, int signal);
}
