using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Docker;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>
/// A running container that may write to the folder of etcd's data, and that a restore would not stop: it stops the one that is called etcd, and would
/// change the data under any other.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="IsEtcd">Whether what runs in it is etcd, as far as its command tells.</param>
internal sealed record DataFolderUser(string Name, bool IsEtcd)
{
    /// <summary>Those of a host.</summary>
    /// <param name="engine">The host's engine.</param>
    /// <param name="folder">The folder of etcd's data on the host.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<IReadOnlyList<DataFolderUser>> FindAsync(DockerEngine engine, string folder, CancellationToken cancellationToken)
        => Choose(await engine.AskAsync((docker, token) => docker.Containers.ListContainersAsync(new ContainersListParameters(), token), cancellationToken).ConfigureAwait(false), folder);

    /// <summary>Those among running containers.</summary>
    public static IReadOnlyList<DataFolderUser> Choose(IEnumerable<ContainerListResponse> running, string folder) =>
    [
        .. from container in running
           where container.Labels?.ContainsKey(HelperContainer.OperationLabel) != true
           let name = container.Names?.FirstOrDefault()?.TrimStart('/') ?? container.ID
           where name is not (EtcdDeployment.Name or RestoreScript.Container) // The latter is a restore at work, which is refused as such.
           let etcd = RunsEtcd(container.Command)
           // Of all that has a folder above it, such as an agent that has the whole disk, only etcd is known to use it.
           where container.Mounts?.Any(mount => mount.RW && mount.Source is { } source && (IsWithin(source, folder) || (etcd && IsWithin(folder, source)))) == true
           orderby name
           select new DataFolderUser(name, etcd),
    ];

    private static bool RunsEtcd(string? command) => command?.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault()?.Trim('"', '\'') is { } program && program[(program.LastIndexOf('/') + 1)..] == "etcd";

    private static bool IsWithin(string path, string folder) => (path.TrimEnd('/') + "/").StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);
}
