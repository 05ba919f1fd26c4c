namespace RkeEtcdPs.Lab.Verbs;

/// <summary>One verb of the command line.</summary>
internal interface IVerb
{
    /// <summary>One line for each way to call it.</summary>
    string Usage { get; }

    /// <summary>Does it.</summary>
    /// <param name="arguments">What follows the verb.</param>
    /// <param name="cancellationToken">Cancelled by Ctrl+C.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UsageException">The arguments are wrong.</exception>
    Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken);
}
