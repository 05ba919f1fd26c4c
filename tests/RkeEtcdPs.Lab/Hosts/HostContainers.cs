using System.Text.Json;
using RkeEtcdPs.Lab.Cluster;
using RkeEtcdPs.Lab.State;

namespace RkeEtcdPs.Lab.Hosts;

/// <summary>The containers a host starts with, and how they come back after a test.</summary>
/// <param name="host">The host.</param>
/// <param name="lab">Its lab.</param>
/// <param name="engine">Its engine.</param>
internal sealed class HostContainers(HostDescription host, LabDescription lab, DockerEngine engine)
{
    private readonly IReadOnlyList<ContainerPlan> _plans = ComponentContainers.Of(host, lab);

    // A container that a test made anew under an old name is not the old one: what counts is the id.
    private string IdFile => Path.Combine(host.Folder, "containers.json");

    /// <summary>Makes and starts all that are missing, starts those that are not running, and removes all others.</summary>
    internal async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var ours = await RemoveStrangersAsync(cancellationToken);
        foreach (var plan in _plans.Where(p => !ours.ContainsKey(p.Name)))
        {
            ours[plan.Name] = await engine.MustRunAsync(plan.CreateArguments, cancellationToken);
        }

        await File.WriteAllTextAsync(IdFile, JsonSerializer.Serialize(ours), cancellationToken);
        string[] running = [.. _plans.Where(p => p.Runs).Select(p => p.Name)];
        await engine.RunAsync(["unpause", .. running], cancellationToken: cancellationToken);
        await engine.MustRunAsync(["start", .. running], cancellationToken);
    }

    /// <summary>True when the container of that name is the one that was made first.</summary>
    internal async Task<bool> IsOriginalAsync(string name, CancellationToken cancellationToken)
    {
        var inspected = await engine.RunAsync(["inspect", "--type", "container", "--format", "{{.Id}}", name], cancellationToken: cancellationToken);
        return inspected.Succeeded && ReadIds().TryGetValue(name, out var id) && inspected.StandardOutput.Trim() == id;
    }

    /// <summary>Removes a container, running or not; does nothing when it is not there.</summary>
    internal Task RemoveAsync(string name, CancellationToken cancellationToken) =>
        engine.RunAsync(["rm", "--force", "--volumes", name], cancellationToken: cancellationToken);

    /// <summary>Removes the containers that the host did not start with; gives the ids of those that it did, by name.</summary>
    internal async Task<Dictionary<string, string>> RemoveStrangersAsync(CancellationToken cancellationToken)
    {
        var known = ReadIds();
        var listed = await engine.MustRunAsync(["ps", "--all", "--no-trunc", "--format", "{{.ID}} {{.Names}}"], cancellationToken);
        var present = listed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')).ToList();
        var ours = present.Where(c => known.TryGetValue(c[1], out var id) && id == c[0]).ToDictionary(c => c[1], c => c[0]);
        string[] strangers = [.. present.Select(c => c[0]).Except(ours.Values)];
        if (strangers.Length > 0)
        {
            await engine.MustRunAsync(["rm", "--force", "--volumes", .. strangers], cancellationToken);
        }

        return ours;
    }

    private Dictionary<string, string> ReadIds() =>
        File.Exists(IdFile) ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(IdFile))! : [];
}
