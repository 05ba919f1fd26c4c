using System.Globalization;
using System.Text.Json;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>The copies of a snapshot on the hosts of a restore.</summary>
internal static class SnapshotCopies
{
    /// <summary>Verifies the copy on a host: every byte is hashed, and etcd's tool reads it.</summary>
    public static async Task<HostCopy> VerifyAsync(RestoreHost host, string name, CancellationToken cancellationToken)
    {
        string[] lines = await host.RunAsync("verify", cancellationToken, name).ConfigureAwait(false);
        string[] words = [.. lines.First(line => line.StartsWith("snapshot ", StringComparison.Ordinal)).Split(' ').Skip(1)];
        (long revision, long keys) = ReadStatus(host, lines);
        string path = lines.First(line => line.StartsWith("at ", StringComparison.Ordinal))["at ".Length..];
        return new HostCopy(Number(words[0]), DateTimeOffset.FromUnixTimeSeconds(Number(words[1])).UtcDateTime, words[2], revision, keys, Number(words[3]), path);
    }

    /// <summary>The figures of <c>snapshot status</c> in what a step wrote.</summary>
    public static (long Revision, long KeyCount) ReadStatus(RestoreHost host, IEnumerable<string> lines)
    {
        string? json = lines.FirstOrDefault(line => line.StartsWith("status ", StringComparison.Ordinal))?["status ".Length..];
        try
        {
            using JsonDocument status = JsonDocument.Parse(json ?? "");
            return (status.RootElement.GetProperty("revision").GetInt64(), status.RootElement.GetProperty("totalKey").GetInt64());
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ImageMissingException(host.Node, "the image does not do as rke-tools: its etcdctl gives no status");
        }
    }

    /// <summary>The names of the snapshots on a host.</summary>
    public static async Task<IReadOnlyList<string>> ListAsync(RestoreHost host, CancellationToken cancellationToken)
        => [.. (await host.RunAsync("list", cancellationToken).ConfigureAwait(false))
            .Where(line => line.StartsWith("snapshot ", StringComparison.Ordinal)).Select(line => SnapshotFileName.Read(line.Split(' ', 3)[2]).Name)];

    /// <summary>Gives a snapshot to hosts. Each verifies what it took in before it has its name.</summary>
    public static async Task DistributeAsync(
        RestoreSession session, HostOptions options, EtcdSnapshot source, IReadOnlyList<RestoreHost> targets, CancellationToken cancellationToken)
    {
        // Hosts that got the image for this work with that one, which cluster.yml need not name.
        string? tools = session.Request.ToolsImage
            ?? (session.Cluster.SystemImages.ContainsKey("alpine") ? null : session.Members.Select(host => host.Images.SuppliedTools).FirstOrDefault(image => image?.StartsWith("sha256:", StringComparison.Ordinal) == false));
        CopyRequest request = new() { Clusters = [session.Cluster], SourceConnection = session.Request.SourceConnection, ToolsImage = tools };
        CopyItem item = new([source], [.. targets.Select(host => new HostDestination(new SelectedNode(session.Cluster, host.Node)))]);
        List<(RestoreHost Host, EtcdSnapshotException Failure)> failures = [];
        // A copy takes the same name as a save.
        await Task.WhenAll(targets.Select(host => host.LetSavesInAsync())).ConfigureAwait(false);
        await using (SnapshotCopy copy = new(options, request, session.Story))
        {
            await foreach (CopyOutcome outcome in copy.RunAsync([item], cancellationToken).ConfigureAwait(false))
            {
                if (outcome.Failure is { } failure)
                {
                    failures.Add((targets.First(host => ReferenceEquals(host.Node, outcome.Subject)), failure));
                }
            }
        }

        session.ThrowFirst(failures);
        await Task.WhenAll(targets.Select(host => host.LockOutSavesAsync(cancellationToken))).ConfigureAwait(false);
    }

    /// <summary>The copy of a host, as one that is copied.</summary>
    public static EtcdSnapshot Describe(RestoreHost source, string name, HostCopy copy) => new()
    {
        ClusterName = source.Node.ClusterName,
        Node = source.Node.Name,
        Address = source.Node.Address,
        Name = name,
        Path = $"{SnapshotFolder.Path}/{name}{(copy.IsUnpacked ? ".zip" : "")}",
        Location = SnapshotLocation.Host,
        IsZip = copy.IsUnpacked,
        Size = copy.FileSize,
        CreatedAt = copy.CreatedAt,
        ContentHash = copy.Hash,
    };

    private static long Number(string text) => long.TryParse(text, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
