using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Management.Automation;
using System.Runtime.CompilerServices;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Cmdlets.Parameters;

/// <summary>What completion has learned of snapshots, for a while: the second key press must not wait for hosts, nor again for one that is down.</summary>
internal static class SnapshotNameCache
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(2);

    private static readonly ConcurrentDictionary<string, (long At, IReadOnlyList<EtcdSnapshot> Snapshots)> Known = [];

    /// <summary>Forgets everything: a cmdlet has changed what there is.</summary>
    public static void Clear() => Known.Clear();

    /// <summary>The snapshots of the places that a line speaks of.</summary>
    /// <param name="bound">What is on the line.</param>
    /// <param name="parameters">Those of its parameters that say where to look.</param>
    /// <param name="ask">Looks there.</param>
    public static IReadOnlyList<EtcdSnapshot> Get(IDictionary bound, IEnumerable<string> parameters, Func<IReadOnlyList<EtcdSnapshot>> ask)
    {
        string key = string.Join('\n', parameters.Select(name => $"{name}={Text(bound[name])}").Prepend(Location()));
        if (Known.TryGetValue(key, out var known) && Stopwatch.GetElapsedTime(known.At) < Fresh)
        {
            return known.Snapshots;
        }

        IReadOnlyList<EtcdSnapshot> snapshots = ask();
        Known[key] = (Stopwatch.GetTimestamp(), snapshots);
        return snapshots;
    }

    // Where ./cluster.yml is, which file the environment names, and what the session adds to every call.
    private static string Location()
    {
        using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddScript("$PWD.Path; foreach ($key in $PSDefaultParameterValues.Keys) { \"$key=$($PSDefaultParameterValues[$key])\" }");
        return string.Join('\n', shell.Invoke().Select(item => item?.ToString())
            .Append(Environment.GetEnvironmentVariable("ETCDSNAPSHOT_CLUSTER")).Append(Environment.GetEnvironmentVariable("RKE_CONFIG")));
    }

    private static string Text(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        null => "",
        string text => text,
        RkeCluster cluster => $"{cluster.Path} {RuntimeHelpers.GetHashCode(cluster)}",
        IEnumerable list => string.Join('|', list.Cast<object?>().Select(Text)),
        var other => other.ToString() ?? "",
    };
}
