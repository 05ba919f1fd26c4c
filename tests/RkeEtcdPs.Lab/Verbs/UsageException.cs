namespace RkeEtcdPs.Lab.Verbs;

/// <summary>The command line cannot be understood.</summary>
internal sealed class UsageException : Exception
{
    internal UsageException(string message)
        : base(message)
    {
    }
}
