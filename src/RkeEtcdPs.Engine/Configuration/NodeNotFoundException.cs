using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Configuration;

/// <summary>A node was named that cluster.yml does not have, or not with the role that is needed.</summary>
public sealed class NodeNotFoundException(string message, string advice)
    : EtcdSnapshotException(FailureCategory.ObjectNotFound, message, advice);
