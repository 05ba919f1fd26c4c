using System.Collections;
using System.Collections.Concurrent;
using System.Collections.ObjectModel;
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

    // What a key press may wait for.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private static readonly ConcurrentDictionary<string, (long At, SnapshotLookup Lookup)> Known = [];

    /// <summary>Forgets everything: a cmdlet has changed what there is.</summary>
    public static void Clear() => Known.Clear();

    /// <summary>The snapshots of the places that a line speaks of, as far as they are known within a moment.</summary>
    /// <param name="bound">What is on the line.</param>
    /// <param name="names">Those of its parameters that say where to look.</param>
    public static IReadOnlyList<EtcdSnapshot> Get(IDictionary bound, IEnumerable<string> names)
    {
        Hashtable parameters = [];
        foreach (string name in names.Where(bound.Contains))
        {
            parameters[name] = bound[name];
        }

        (string location, Hashtable defaults) = Session();
        string key = string.Join('\n', [location, Environment.GetEnvironmentVariable("ETCDSNAPSHOT_CLUSTER"), Environment.GetEnvironmentVariable("RKE_CONFIG"), Text(defaults), Text(parameters)]);
        bool found = Known.TryGetValue(key, out (long At, SnapshotLookup Lookup) known);
        if (!found || (Stopwatch.GetElapsedTime(known.At) >= Fresh && known.Lookup.Answered.IsCompleted))
        {
            // What was known a while ago is better than a wait, and the next key press knows more.
            SnapshotLookup lookup = SnapshotLookup.Begin(location, defaults, parameters, known.Lookup?.Snapshots ?? []);
            known = (Stopwatch.GetTimestamp(), lookup);
            Known[key] = known;
            if (lookup.Snapshots.Count == 0)
            {
                lookup.Answered.Wait(Patience);
            }
        }

        return known.Lookup.Snapshots;
    }

    // Where ./cluster.yml is, and what the session adds to every call: $global, for at the prompt this runs within PSReadLine, a module, which has
    // defaults of its own. What would be computed needs the session, which is busy with the key press.
    private static (string Location, Hashtable Defaults) Session()
    {
        using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        Collection<PSObject> told = shell.AddScript("$PWD.ProviderPath; , $global:PSDefaultParameterValues").Invoke();
        Hashtable defaults = [];
        foreach (DictionaryEntry entry in told.Count > 1 && told[1]?.BaseObject is IDictionary given ? given : defaults)
        {
            if (entry.Value is not ScriptBlock and not PSObject { BaseObject: ScriptBlock })
            {
                defaults[entry.Key] = entry.Value;
            }
        }

        return (told[0].ToString(), defaults);
    }

    private static string Text(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        null => "",
        string text => text,
        IDictionary table => string.Join('\n', table.Keys.Cast<object>().Select(key => $"{key}={Text(table[key])}").Order(StringComparer.Ordinal)),
        RkeCluster cluster => $"{cluster.Path} {RuntimeHelpers.GetHashCode(cluster)}",
        IEnumerable list => string.Join('|', list.Cast<object?>().Select(Text)),
        var other => other.ToString() ?? "",
    };
}
