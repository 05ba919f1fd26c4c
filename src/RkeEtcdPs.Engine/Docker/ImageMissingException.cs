using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>An image that is needed on a host is neither there nor can it be pulled.</summary>
public sealed class ImageMissingException : EtcdSnapshotException
{
    internal ImageMissingException(RkeNode node, string cause, string? advice = null)
        : base(
            FailureCategory.ObjectNotFound,
            $"{node.Name} has no image to work with: {cause}.",
            advice ?? "Set system_images.alpine in cluster.yml to the rke-tools image of the cluster, load that image on the host with `docker load`, or name one with -ToolsImage. To new etcd hosts Restore-EtcdSnapshot brings it (about_EtcdRecovery).")
    {
        Node = node.Name;
    }
}
