using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Recovery.NewHosts;

/// <summary>The images with which a restore works on a host, and those that the host is given.</summary>
/// <param name="cluster">For <c>system_images</c> and <c>private_registries</c>.</param>
/// <param name="wanted">The image to work with that was asked for; null to find one.</param>
/// <param name="story">Told what is done.</param>
internal sealed class HostImages(RkeCluster cluster, string? wanted, IProgress<HostEvent> story)
{
    private string? _etcd;
    private EtcdSnapshotException? _toolsFailure;
    private EtcdSnapshotException? _etcdFailure;

    /// <summary>The image to work with that was brought here; null when none had to be.</summary>
    public string? SuppliedTools { get; private set; }

    /// <summary>Whether something was to be brought here, and nobody gave it.</summary>
    public bool Lacking => _toolsFailure is not null || _etcdFailure is not null;

    /// <summary>Gets the images to a host that is given an etcd container, from wherever they are.</summary>
    /// <param name="host">The host.</param>
    /// <param name="others">The engines of the hosts that may have them.</param>
    /// <param name="again">True when only they are to be asked, for the registries gave none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="EtcdSnapshotException">There is no image to work with. That etcd's is missing is said when it is needed.</exception>
    public async Task SupplyAsync(RestoreHost host, IReadOnlyList<DockerEngine> others, bool again, CancellationToken cancellationToken)
    {
        ImageSupply supply = new(host.Engine, cluster, others, story) { Pulls = !again };
        try
        {
            SuppliedTools ??= await supply.FindToolsAsync(wanted, cancellationToken).ConfigureAwait(false);
            _toolsFailure = null;
        }
        catch (EtcdSnapshotException failure) when (failure is ImageMissingException or TimedOutException)
        {
            // What a registry said is told, and not what hosts said after it.
            throw _toolsFailure ??= failure;
        }

        if (_etcd is not null || host.Planned?.Inspected.Config?.Image is not { Length: > 0 } image)
        {
            return;
        }

        try
        {
            _etcd = await supply.FindAsync(image, cancellationToken).ConfigureAwait(false);
            _etcdFailure = null;
        }
        catch (EtcdSnapshotException failure) when (failure is ImageMissingException or TimedOutException)
        {
            _etcdFailure ??= failure;
        }
    }

    /// <summary>The image to work with.</summary>
    public async Task<string> FindToolsAsync(DockerEngine engine, CancellationToken cancellationToken)
        => SuppliedTools ?? await ToolsImage.FindAsync(engine, cluster, wanted, story, cancellationToken).ConfigureAwait(false);

    /// <summary>The image of its etcd, as the engine there knows it; where it has no container, that of the planned one.</summary>
    /// <exception cref="ImageMissingException">It is not on the host.</exception>
    public async Task<string> FindEtcdAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        if (_etcdFailure is not null)
        {
            throw _etcdFailure;
        }

        string? name = _etcd ?? host.Planned?.Inspected.Config?.Image;
        return host.Etcd?.Image
            ?? (name is { Length: > 0 } && await ToolsImage.IsThereAsync(host.Engine, name, cancellationToken).ConfigureAwait(false) ? name
                : throw new ImageMissingException(host.Node, name is { Length: > 0 }
                    ? $"it has no etcd container, and lacks the image for one ({name})"
                    : "it has no etcd container, and neither system_images.etcd in cluster.yml nor the state that RKE wrote names the image for one",
                    "Name it as system_images.etcd in cluster.yml, or the cluster.rkestate that RKE wrote with -StateFile; where no registry gives it, load it on one of the hosts with `docker load`."));
    }
}
