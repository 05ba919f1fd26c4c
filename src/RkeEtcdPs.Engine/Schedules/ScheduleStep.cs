namespace RkeEtcdPs.Engine.Schedules;

/// <summary>The steps by which one service takes the place of another, each told when it is done.</summary>
internal enum ScheduleStep
{
    /// <summary>The new container is there, under another name.</summary>
    Created,

    /// <summary>The old one does not come back by itself any more.</summary>
    Held,

    /// <summary>The old one has stopped.</summary>
    Stopped,

    /// <summary>The old one has another name.</summary>
    Aside,

    /// <summary>The new one has its name.</summary>
    Named,

    /// <summary>The new one runs.</summary>
    Started,
}
