using System.Collections;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Language;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Cmdlets.Parameters;

/// <summary>Completes the names and addresses of the nodes in the cluster.yml at hand.</summary>
public sealed class NodeCompleter : IArgumentCompleter
{
    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string typed = wordToComplete.Trim('\'', '"');
        return
            from node in Nodes(fakeBoundParameters["ClusterConfig"])
            let text = Matching(node, typed)
            where text is not null
            select new CompletionResult(text, text, CompletionResultType.ParameterValue, $"{node.Name} at {node.Address}: {node.Roles}");
    }

    private static string? Matching(RkeNode node, string typed) =>
        new[] { node.Name, node.Address }.FirstOrDefault(text => text.StartsWith(typed, StringComparison.OrdinalIgnoreCase));

    // A prompt must not break over a file that is half written, so a failure completes to nothing.
    private static RkeNode[] Nodes(object? clusterConfig)
    {
        object[] given = Items(clusterConfig);
        object[] files = [.. given.Where(item => item is not RkeCluster)];
        try
        {
            IEnumerable<RkeCluster> clusters = given.OfType<RkeCluster>();
            if (files.Length > 0 || given.Length == 0)
            {
                clusters = clusters.Concat(Read(files));
            }

            return [.. clusters.SelectMany(cluster => cluster.Nodes)];
        }
        catch (Exception)
        {
            return [];
        }
    }

    private static Collection<RkeCluster> Read(object[] files)
    {
        using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand("EtcdSnapshot\\Get-RkeCluster")
            .AddParameter("WarningAction", ActionPreference.Ignore)
            .AddParameter("ErrorAction", ActionPreference.Ignore);
        return (files.Length == 0 ? shell : shell.AddParameter("Path", files)).Invoke<RkeCluster>();
    }

    private static object[] Items(object? value) => Bare(value) switch
    {
        null => [],
        IEnumerable list and not string => [.. list.Cast<object?>().Select(Bare).OfType<object>()],
        { } one => [one],
    };

    private static object? Bare(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
