using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Parameters;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>A cmdlet that works on the hosts of clusters: on those of all its input at once, under one throttle.</summary>
public abstract class ClusterCmdlet : AsyncCmdlet
{
    private readonly List<RkeCluster> _clusters = [];
    private CmdletPipeline? _pipeline;
    private ClusterSource[]? _read;
    private bool _anyRead;

    /// <summary>The clusters: paths of cluster.yml files, their text, or what Get-RkeCluster gives. When not given, what
    /// <c>$env:ETCDSNAPSHOT_CLUSTER</c> or <c>$env:RKE_CONFIG</c> names, or <c>./cluster.yml</c>.</summary>
    /// <remarks>At position 1, so that a cmdlet may have a name at position 0; where there is none this is the first.</remarks>
    [Parameter(Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ClusterSourceTransformation]
    public virtual ClusterSource[]? ClusterConfig { get; set; }

    /// <summary>Only these nodes: names or addresses, with wildcards. All that the cmdlet works on when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public virtual string[]? Node { get; set; }

    /// <summary>How many hosts are worked on at the same time.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public virtual int ThrottleLimit { get; set; } = 8;

    /// <summary>The limit on the time for one host, in seconds; no limit when 0 or not given.</summary>
    [Parameter]
    [ValidateRange(0, MaxTimeoutSec)]
    public virtual int TimeoutSec { get; set; }

    /// <summary>Trusts a host that has never been reached before, and remembers its key. A key that has changed is refused all the same.</summary>
    [Parameter]
    public SwitchParameter AcceptNewHostKey { get; set; }

    /// <summary>The path of an ssh_config to use instead of the user's, as <c>ssh -F</c>. In process only its UserKnownHostsFile counts.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SshConfig { get; set; }

    /// <summary>What speaks SSH: the ssh program, or this process where programs may not be started. By itself the former, where there is one.</summary>
    /// <remarks>Its names and not itself, so that the import of the module does not load the engine.</remarks>
    [Parameter]
    [ValidateSet(nameof(SshTransport.Auto), nameof(SshTransport.OpenSsh), nameof(SshTransport.InProcess))]
    public string Transport { get; set; } = nameof(SshTransport.Auto);

    /// <summary><see cref="TimeoutSec"/> as the engine takes it; null for no limit.</summary>
    private protected TimeSpan? Timeout => TimeoutSec == 0 ? null : TimeSpan.FromSeconds(TimeoutSec);

    /// <summary>How hosts are reached, as the parameters say.</summary>
    private protected HostOptions HostOptions { get; private set; } = new();

    // What .NET timers take: 24 days.
    private protected const int MaxTimeoutSec = 2_147_483;

    /// <summary>False when the input so far needs no cluster, such as files; a cluster that is given is read all the same.</summary>
    private protected virtual bool NeedsClusters => true;

    /// <summary>Takes what else one pipeline input binds, before its clusters are read.</summary>
    private protected virtual void AcceptInput()
    {
    }

    /// <summary>Does the work on the clusters: at least one where any is needed, each once.</summary>
    private protected abstract Task RunAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken);

    /// <summary>The nodes of the clusters that <see cref="Node"/> chooses and that have a role.</summary>
    /// <remarks>Where no names choose, a cluster without such a node, as one with an external etcd, is an error, and the others are worked on.</remarks>
    /// <exception cref="NodeNotFoundException">A name or wildcard stands for no such node, or no cluster has one.</exception>
    private protected IReadOnlyList<SelectedNode> SelectNodes(IReadOnlyList<RkeCluster> clusters, NodeRoles role)
    {
        HashSet<object> chosen = new(NodeSelection.Select(clusters.SelectMany(cluster => cluster.Nodes), Node, role), ReferenceEqualityComparer.Instance);
        if (Node is null)
        {
            foreach (RkeCluster cluster in clusters.Where(cluster => !cluster.Nodes.Any(chosen.Contains)))
            {
                _pipeline!.WriteError(
                    new NodeNotFoundException($"Cluster {cluster.Name} has no node with the {role.ToString().ToLowerInvariant()} role.", "Nothing is done there. Check the roles under nodes in its cluster.yml."),
                    cluster);
            }
        }

        return [.. clusters.SelectMany(cluster => cluster.Nodes.Where(chosen.Contains).Select(node => new SelectedNode(cluster, node)))];
    }

    private protected sealed override void Accept()
    {
        AcceptInput();
        HostOptions = new HostOptions
        {
            AcceptNewHostKey = AcceptNewHostKey,
            Transport = Enum.Parse<SshTransport>(Transport, ignoreCase: true),
            SshConfigPath = FindSshConfig(),
        };
        // Not again for each of many objects that are piped.
        if ((ClusterConfig is null && !NeedsClusters) || (_anyRead && ReferenceEquals(_read, ClusterConfig)))
        {
            return;
        }

        (_read, _anyRead) = (ClusterConfig, true);
        IEnumerable<ClusterSource> sources = ClusterConfig ?? [ClusterSource.Default];
        foreach (ClusterDocument document in sources.SelectMany(source => source.Open(CmdletHost)))
        {
            RkeCluster cluster = document.Read(CmdletHost);
            if (!_clusters.Exists(known => ReferenceEquals(known, cluster) || (known.Path is not null && known.Path == cluster.Path)))
            {
                _clusters.Add(cluster);
            }
        }
    }

    private string? FindSshConfig()
    {
        string? path = SshConfig is null ? null : CmdletHost.ResolvePath(SshConfig, literal: true)[0];
        return path is null || File.Exists(path) ? path : throw new SshConfigNotFoundException(path);
    }

    private protected sealed override async Task RunAsync(CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        _pipeline = pipeline;
        if (_clusters.Count == 0 && NeedsClusters)
        {
            return;
        }

        try
        {
            await RunAsync(_clusters, pipeline, cancellationToken);
        }
        finally
        {
            AfterRun();
        }
    }

    /// <summary>Called when the work is over, however it ended.</summary>
    private protected virtual void AfterRun()
    {
    }
}
