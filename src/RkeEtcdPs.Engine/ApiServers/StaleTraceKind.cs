namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>What a stale key stands for.</summary>
public enum StaleTraceKind
{
    /// <summary>An API server that is among the endpoints of the service <c>kubernetes</c>: <c>masterleases/ADDRESS</c>.</summary>
    ApiServer,

    /// <summary>A Node object: <c>minions/NAME</c>.</summary>
    Node,
}
