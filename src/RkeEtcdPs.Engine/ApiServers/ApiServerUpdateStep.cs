namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>Every step by which a new container takes the place of an old one, in order. After each of them the client may be gone.</summary>
public enum ApiServerUpdateStep
{
    /// <summary>The new one is there, under a name of its own. It was never started, and so no engine starts it by itself.</summary>
    Created,

    /// <summary>The old one, which still serves, has another name.</summary>
    Aside,

    /// <summary>The new one has the name.</summary>
    Named,

    /// <summary>The old one is stopped. An engine that starts anew brings it back.</summary>
    Stopped,

    /// <summary>The old one does not come back by itself any more. Until the next step none does.</summary>
    Held,

    /// <summary>The new one is started, and comes back by itself as the old one did.</summary>
    Started,

    /// <summary>The new one is healthy. The old one goes.</summary>
    Proved,
}
