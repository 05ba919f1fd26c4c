using System.Globalization;
using System.Text;

namespace RkeEtcdPs.Lab.Machine;

/// <summary>Finds processes of the lab among those of the machine, by what they carry and where they live, never by name alone.</summary>
internal static class Processes
{
    /// <summary>Those that were started with this entry (<c>NAME=value</c>) in their environment, or descend from such.</summary>
    internal static IReadOnlyList<ProcessMark> WithEnvironment(string entry) => Where(pid =>
        Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/environ")).Split('\0').Contains(entry));

    /// <summary>Those of this program in the pid namespace of another process, containers not included.</summary>
    internal static IReadOnlyList<ProcessMark> InNamespaceOf(int pid, string program)
    {
        var home = NamespaceOf(pid);
        return home is null
            ? []
            : Where(other => File.ReadAllText($"/proc/{other}/comm").TrimEnd() == program && NamespaceOf(other) == home);
    }

    private static string? NamespaceOf(int pid) => new FileInfo($"/proc/{pid}/ns/pid").LinkTarget;

    private static List<ProcessMark> Where(Func<int, bool> wanted)
    {
        var found = new List<ProcessMark>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            {
                continue;
            }

            try
            {
                if (wanted(pid) && ProcessMark.Of(pid) is { } mark && mark.IsAlive())
                {
                    found.Add(mark);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile.
            }
        }

        return found;
    }
}
