using System.Globalization;
using System.Text.Json;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
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
        return new HostCopy(Number(words[0]), DateTimeOffset.FromUnixTimeSeconds(Number(words[1])).UtcDateTime, words[2], revision, keys);
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
            .Where(line => line.StartsWith("snapshot ", StringComparison.Ordinal)).Select(line => line.Split(' ', 3)[2])];

    /// <summary>Gives the copy of one host to others. Each verifies what it took in before it has its name.</summary>
    public static async Task DistributeAsync(
        RestoreSession session, HostOptions options, RestoreHost source, HostCopy copy, IReadOnlyList<RestoreHost> targets, CancellationToken cancellationToken)
    {
        SaveRequest request = new() { Name = session.Request.Name, ToolsImage = session.Request.ToolsImage };
        RestoreHost[] all = [source, .. targets];
        await Task.WhenAll(all.Select(host => host.LetSavesInAsync())).ConfigureAwait(false);
        List<HostSave> opened = [];
        try
        {
            foreach (RestoreHost host in all)
            {
                opened.Add(await HostSave.ConnectAsync(new SelectedNode(session.Cluster, host.Node), request, options, session.Story, cancellationToken).ConfigureAwait(false));
            }

            await opened[0].LockToLookAsync(cancellationToken).ConfigureAwait(false);
            await Task.WhenAll(opened.Skip(1).Select(host => host.PrepareToReceiveAsync(Describe(source, request.Name, copy), cancellationToken))).ConfigureAwait(false);
            SnapshotFanOut fanOut = new(targets.Count, request.StallLimit);
            Task reading = fanOut.SendAsync(
                source.Node.Name, opened[0].ReadAsync, async error => await opened[0].ExplainAsync(error).ConfigureAwait(false), cancellationToken);
            await Task.WhenAll(opened.Skip(1).Select((host, index) => ReceiveAsync(host, fanOut.Branches[index], copy, cancellationToken))).ConfigureAwait(false);
            await reading.ConfigureAwait(false);
        }
        finally
        {
            await Task.WhenAll(opened.Select(host => host.DisposeAsync().AsTask())).ConfigureAwait(false);
        }

        await Task.WhenAll(all.Select(host => host.LockOutSavesAsync(cancellationToken))).ConfigureAwait(false);
    }

    private static async Task ReceiveAsync(HostSave host, Stream content, HostCopy copy, CancellationToken cancellationToken)
    {
        await using (content.ConfigureAwait(false))
        {
            await host.ReceiveAsync(content, copy.Size, copy.CreatedAt, cancellationToken).ConfigureAwait(false);
        }
    }

    private static EtcdSnapshot Describe(RestoreHost source, string name, HostCopy copy) => new()
    {
        ClusterName = source.Node.ClusterName,
        Node = source.Node.Name,
        Address = source.Node.Address,
        Name = name,
        Path = $"{SnapshotFolder.Path}/{name}",
        Location = SnapshotLocation.Host,
        Size = copy.Size,
        CreatedAt = copy.CreatedAt,
        ContentHash = copy.Hash,
    };

    private static long Number(string text) => long.TryParse(text, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
