using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Parameters;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Get-RkeCluster: reads and checks cluster.yml files; nothing is contacted.</summary>
[Cmdlet(VerbsCommon.Get, "RkeCluster", DefaultParameterSetName = nameof(Path))]
[OutputType(typeof(RkeCluster))]
public sealed class GetRkeClusterCommand : HostedCmdlet
{
    /// <summary>Files, with wildcards; from the pipeline also the text of a cluster.yml. When not given, what
    /// <c>$env:ETCDSNAPSHOT_CLUSTER</c> or <c>$env:RKE_CONFIG</c> names, or <c>./cluster.yml</c>.</summary>
    [Parameter(ParameterSetName = nameof(Path), Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? Path { get; set; }

    /// <summary>Files, exactly as written.</summary>
    [Parameter(ParameterSetName = nameof(LiteralPath), Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [Alias("PSPath", "FullName")]
    public string[]? LiteralPath { get; set; }

    /// <summary>The text of a cluster.yml.</summary>
    [Parameter(ParameterSetName = nameof(Yaml), Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string? Yaml { get; set; }

    private protected override void Accept()
    {
        foreach (ClusterDocument document in Sources().SelectMany(source => source.Open(CmdletHost)))
        {
            try
            {
                CmdletHost.WriteObject(document.Read(CmdletHost));
            }
            catch (ClusterConfigInvalidException failure)
            {
                CmdletHost.WriteError(CmdletFailure.From(failure, document.Name));
            }
        }
    }

    private IEnumerable<ClusterSource> Sources() => this switch
    {
        { Yaml: { } text } => [ClusterSource.Yaml(text)],
        { LiteralPath: { } paths } => paths.Select(path => ClusterSource.Path(path, literal: true)),
        { Path: { } paths } => paths.Select(path => ClusterSource.From(path)!),
        _ => [ClusterSource.Default],
    };
}
