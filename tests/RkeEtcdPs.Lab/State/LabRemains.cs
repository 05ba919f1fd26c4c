using System.Diagnostics;
using RkeEtcdPs.Lab.Machine;

namespace RkeEtcdPs.Lab.State;

/// <summary>
/// Takes a lab down from what is on disk and in /proc, whoever started it and however that ended. Not asynchronous, because it also runs
/// in signal handlers.
/// </summary>
internal static class LabRemains
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly Lock OneAtATime = new();

    /// <summary>Ends the processes of a lab, which ends its namespaces, mounts and links; then removes its cgroups and its folder.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="owner">The process that started it, so that no other lab is removed that was started in the folder since; null for any.</param>
    /// <returns>False when the folder is not one of such a lab; then nothing was done.</returns>
    /// <exception cref="LabException">Something would not go.</exception>
    internal static bool Remove(LabFolder folder, ProcessMark? owner = null)
    {
        lock (OneAtATime)
        {
            return folder.ReadClaim() is { } claim && (owner is null || owner == claim.Owner) && Remove(folder, claim);
        }
    }

    /// <summary>Takes down the labs of processes that have ended, in the folder for temporary files.</summary>
    internal static void RemoveAbandoned()
    {
        foreach (var path in Directory.EnumerateDirectories(LabFolder.Parent, LabFolder.Prefix + "*"))
        {
            var folder = new LabFolder(path);
            if (folder.ReadClaim() is { Detached: false } claim && !claim.Owner.IsAlive())
            {
                Remove(folder, claim.Owner);
            }
        }
    }

    private static bool Remove(LabFolder folder, LabClaim claim)
    {
        // A lab that is half gone must not look as if it were up.
        Retry($"{folder.LabJson} to be removed", () => DeleteFile(folder.LabJson));
        EndProcesses(folder, claim);
        if (claim.Instance is { } instance)
        {
            RemoveLink(instance);
            RemoveCgroups(instance);
        }

        Retry($"{folder.Root} to be removed", () =>
        {
            if (!IsReplaced(folder, claim))
            {
                DeleteFolder(folder.Root);
            }
        });
        return true;
    }

    // Another process may take the same lab down, and the next one be started there before this is done.
    private static bool IsReplaced(LabFolder folder, LabClaim claim) => folder.ReadClaim() is { } now && now.Owner != claim.Owner;

    // Another process may be at it too, so that what is gone is fine.
    private static void DeleteFile(string path)
    {
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }

    private static void DeleteFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static void EndProcesses(LabFolder folder, LabClaim claim)
    {
        // A process that is about to end no longer has an environment, but still its namespaces: it is waited for by its mark.
        var seen = new HashSet<ProcessMark>();
        Retry("the processes of the lab to end", () =>
        {
            // Killing the first process of a pid namespace makes the kernel kill the rest of it, containers included.
            if (!IsReplaced(folder, claim))
            {
                seen.UnionWith(Processes.WithEnvironment(folder.Marker));
            }

            foreach (var process in seen)
            {
                process.Send(Signal.Kill);
            }

            if (seen.Any(p => p.IsAlive()))
            {
                throw new IOException(string.Join(", ", seen.Where(p => p.IsAlive())));
            }
        });
    }

    private static void RemoveLink(int instance)
    {
        // It goes with its other end, a moment after the namespace. The next lab must be able to claim the number.
        var link = $"/sys/class/net/{LabFolder.Prefix}{instance}";
        Retry($"{link} to go", () =>
        {
            if (Directory.Exists(link))
            {
                throw new IOException(link);
            }
        });
    }

    private static void RemoveCgroups(int instance)
    {
        const string hierarchies = "/sys/fs/cgroup";
        var name = LabFolder.Prefix + instance;
        List<string> roots = [hierarchies, .. Directory.Exists(hierarchies) ? Directory.GetDirectories(hierarchies) : []];
        foreach (var cgroup in roots.Select(r => Path.Combine(r, name)).Where(Directory.Exists))
        {
            Retry($"{cgroup} to be removed", () => RemoveCgroup(cgroup));
        }
    }

    private static void RemoveCgroup(string cgroup)
    {
        foreach (var child in Directory.GetDirectories(cgroup))
        {
            RemoveCgroup(child);
        }

        // Its files cannot be deleted and need not be.
        Directory.Delete(cgroup);
    }

    private static void Retry(string what, Action action)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                action();
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (clock.Elapsed > Limit)
                {
                    throw new LabException($"waited {Limit.TotalSeconds:0} s in vain for {what}: {e.Message}", e);
                }

                Thread.Sleep(20);
            }
        }
    }
}
