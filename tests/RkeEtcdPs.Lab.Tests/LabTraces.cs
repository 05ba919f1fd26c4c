using RkeEtcdPs.Lab.State;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>What a lab has on the machine, noted while it runs, to be looked for when it should be gone.</summary>
internal sealed class LabTraces
{
    // Not the pid namespace: a zombie that the machine has not collected yet still has that one.
    private static readonly string[] Kinds = ["net", "mnt"];
    private readonly LabFolder _folder;
    private readonly string _name;
    private readonly HashSet<string> _namespaces;

    private LabTraces(LabFolder folder, string name, HashSet<string> namespaces) =>
        (_folder, _name, _namespaces) = (folder, name, namespaces);

    /// <summary>Notes the namespaces, the link and the cgroups of a lab that is up.</summary>
    internal static LabTraces Of(LabFolder folder)
    {
        var description = folder.ReadDescription()!;
        var hosts = description.Hosts.Select(h => h.Init.Pid).ToList();
        var namespaces = hosts.SelectMany(pid => Kinds.Select(kind => NamespaceOf(pid, kind)!))
            .Append(NamespaceOf(description.Switch.Pid, "net")!).ToHashSet();
        return new LabTraces(folder, $"essl-{description.Instance}", namespaces);
    }

    /// <summary>The pids that are in a namespace of the lab, containers included.</summary>
    internal IReadOnlyList<string> Processes() => [.. Directory.EnumerateDirectories("/proc")
        .Where(p => Path.GetFileName(p).All(char.IsAsciiDigit))
        .Where(p => Kinds.Any(kind => NamespaceOf(int.Parse(Path.GetFileName(p), null), kind) is { } name && _namespaces.Contains(name)))
        .Where(p => !IsOfAnotherLab(p))
        .Select(Describe)];

    /// <summary>All that is left of the lab: paths and lines; empty when nothing is.</summary>
    internal IReadOnlyList<string> Left() =>
    [
        .. Processes(),
        .. File.ReadAllLines("/proc/self/mounts").Where(l => l.Contains(_folder.Root, StringComparison.Ordinal)),
        .. new[] { $"/sys/class/net/{_name}", _folder.Root, $"/run/netns/{_name}" }.Where(Path.Exists),
        .. Directory.EnumerateDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup").Select(c => Path.Combine(c, _name)).Where(Path.Exists),
    ];

    // The number of a namespace that has ended is given again, perhaps to a container of a lab that other tests run at the same time.
    private bool IsOfAnotherLab(string process)
    {
        try
        {
            string cgroups = File.ReadAllText($"{process}/cgroup");
            return cgroups.Contains("/essl-", StringComparison.Ordinal) && !cgroups.Contains($"/{_name}/", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string Describe(string process)
    {
        try
        {
            return $"{process} {File.ReadAllText($"{process}/cmdline").Replace('\0', ' ')}";
        }
        catch (IOException)
        {
            return process;
        }
    }

    private static string? NamespaceOf(int pid, string kind)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/ns/{kind}").LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
