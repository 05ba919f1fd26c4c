namespace RkeEtcdPs.Engine.Schedules;

/// <summary>Whose recurring snapshot service is on a host.</summary>
public enum ScheduleOwner
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>This module's.</summary>
    EtcdSnapshot,

    /// <summary>RKE's own, by the program it runs.</summary>
    Rke,

    /// <summary>No container; Rancher has saved recurring snapshots there from outside, by their names.</summary>
    Rancher,

    /// <summary>A container of RKE's name for it that runs something else.</summary>
    Unknown,
}
