namespace RkeEtcdPs.Lab;

/// <summary>This machine cannot hold a lab at all; the message is the reason, such as a missing right. Nothing was changed.</summary>
public sealed class LabUnavailableException : Exception
{
    /// <summary>With the reason.</summary>
    public LabUnavailableException(string reason)
        : base(reason)
    {
    }
}
