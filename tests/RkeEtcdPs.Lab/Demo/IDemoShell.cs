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
}
