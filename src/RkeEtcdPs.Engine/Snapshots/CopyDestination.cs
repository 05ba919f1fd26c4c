using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A place that gets copies.</summary>
public abstract record CopyDestination
{
    private protected CopyDestination()
    {
    }

    /// <summary>How the admin knows it.</summary>
    public abstract string Place { get; }

    /// <summary>The host; null when it is none.</summary>
    internal virtual RkeNode? Node => null;

    /// <summary>What an error there is about: the node, or the place.</summary>
    public abstract object Subject { get; }
}

/// <summary>The snapshot folder of a host.</summary>
/// <param name="Selected">The host.</param>
public sealed record HostDestination(SelectedNode Selected) : CopyDestination
{
    /// <inheritdoc />
    public override string Place => Selected.Node.Name;

    internal override RkeNode? Node => Selected.Node;

    /// <inheritdoc />
    public override object Subject => Selected.Node;
}

/// <summary>A folder that this machine sees. It is made when it is missing.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="WindowsNames">Whether names are escaped that Windows cannot hold, whatever this machine is.</param>
public sealed record FolderDestination(string Path, bool WindowsNames = false) : CopyDestination
{
    /// <inheritdoc />
    public override string Place => Path;

    /// <inheritdoc />
    public override object Subject => Path;
}

/// <summary>A folder of a bucket.</summary>
/// <param name="Address">The folder.</param>
/// <param name="Connection">How it is reached.</param>
public sealed record S3Destination(S3Address Address, S3Connection Connection) : CopyDestination
{
    /// <inheritdoc />
    public override string Place => Address.ToString();

    /// <inheritdoc />
    public override object Subject => Place;
}
