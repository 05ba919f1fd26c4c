using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>A host does not have the folder that a helper container was to see.</summary>
public sealed class FolderMissingException : EtcdSnapshotException
{
    internal FolderMissingException(RkeNode node, string folder)
        : base(FailureCategory.ObjectNotFound, $"{node.Name} has no folder {folder}.", "It is made by the first save or copy to that host.")
    {
        Node = node.Name;
    }
}
