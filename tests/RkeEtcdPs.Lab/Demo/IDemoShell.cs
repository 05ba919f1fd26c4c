namespace RkeEtcdPs.Lab.Demo;

/// <summary>How the demo uses the product: as cmdlets where PowerShell is installed, otherwise its engine.</summary>
internal interface IDemoShell
{
    /// <summary>What is used, for the reader of the demo.</summary>
    string Introduction { get; }

    /// <summary>Shows the members.</summary>
    /// <returns>True when three healthy ones were shown.</returns>
    Task<bool> ShowMembersAsync(CancellationToken cancellationToken);

    /// <summary>Saves, and shows what came of it.</summary>
    /// <returns>True when so many verified snapshots came of it as expected.</returns>
    Task<bool> SaveAsync(string name, bool singleSource, int expected, CancellationToken cancellationToken);

    /// <summary>Lists what the hosts have.</summary>
    /// <returns>True when so many snapshots were listed as expected.</returns>
    Task<bool> ListAsync(int expected, CancellationToken cancellationToken);

    /// <summary>Copies a snapshot from a host to a folder of this machine.</summary>
    /// <returns>True when one verified copy came of it.</returns>
    Task<bool> CopyAsync(string name, string folder, CancellationToken cancellationToken);

    /// <summary>Restores the cluster, without the restart of its components.</summary>
    /// <returns>True when it was done on all three hosts.</returns>
    Task<bool> RestoreAsync(string name, CancellationToken cancellationToken);

    /// <summary>Restarts the components of the cluster.</summary>
    /// <returns>True when the kubelets of all three hosts came back.</returns>
    Task<bool> RestartAsync(CancellationToken cancellationToken);
}
