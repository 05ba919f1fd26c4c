namespace RkeEtcdPs.Lab;

/// <summary>Something in the lab did not come about; the message names what was waited for or run, with the end of its log.</summary>
public sealed class LabException : Exception
{
    /// <summary>With a message that is complete in itself.</summary>
    public LabException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
