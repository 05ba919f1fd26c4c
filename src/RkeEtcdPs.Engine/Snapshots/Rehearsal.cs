using System.Text.Json;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Members;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Starts a throw-away etcd of one member from a copy on its host, in the image of that host's etcd, and asks what it serves.</summary>
/// <remarks>
/// Its data lie in a volume of Docker's that goes with its container, and it has no network but a loopback of its own: it can meet neither the data
/// nor the ports of the host's etcd. The image may have no shell, so its programs are run one by one.
/// </remarks>
internal sealed class Rehearsal(HostStore host, RkeCluster cluster)
{
    private const string Volume = "/rehearsal";
    private const string Data = $"{Volume}/data";
    private const string Client = "http://127.0.0.1:2379";
    private const string Peer = "http://127.0.0.1:2380";
    private const string Member = "rehearsal";

    private static readonly TimeSpan StepTime = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    /// <summary>Rehearses one copy.</summary>
    /// <returns>The revision and the number of keys that the etcd answered with.</returns>
    /// <exception cref="RehearsalFailedException">It did not start, or not from this.</exception>
    /// <exception cref="EtcdSnapshotException">It could not be tried: no room, no image, the host went away.</exception>
    public async Task<(long Revision, long KeyCount)> RunAsync(EtcdSnapshot snapshot, CancellationToken cancellationToken)
    {
        string image = await EtcdImage.FindAsync(host.Engine, cluster, cancellationToken).ConfigureAwait(false);
        TimeSpan limit = StepTime + HostStore.ReadingTime(snapshot.Size * 2);
        // It holds the volume, so it stays until the end.
        await using HelperContainer stage = await host.CreateAsync(
            new HelperContainerSpec
            {
                Name = HostStore.UniqueName("rehearsal"),
                Image = host.Image,
                Entrypoint = ["sh", "-c", EmbeddedScript.Read("stage-snapshot.sh"), "stage-snapshot"],
                Arguments = [host.FileName(snapshot), snapshot.IsZip ? "zip" : "plain"],
                Mounts = [Snapshots],
                Volumes = [Volume],
            },
            cancellationToken).ConfigureAwait(false);
        string file = await StageAsync(stage, snapshot, limit, cancellationToken).ConfigureAwait(false);
        await RestoreAsync(stage, image, snapshot, file, limit, cancellationToken).ConfigureAwait(false);
        return await ServeAsync(stage, image, snapshot, limit, cancellationToken).ConfigureAwait(false);
    }

    private static HelperMount Snapshots => new(SnapshotFolder.Path, "/snapshots", ReadOnly: true);

    private async Task<string> StageAsync(HelperContainer stage, EtcdSnapshot snapshot, TimeSpan limit, CancellationToken cancellationToken)
    {
        string said = "";
        long exitCode = await host.FinishAsync(stage, line => said = line.IsError ? said : line.Text, limit, cancellationToken).ConfigureAwait(false);
        return (exitCode, said.Split(' ')) switch
        {
            (0, ["staged"]) => snapshot.IsZip ? $"{Volume}/snapshot" : $"/snapshots/{host.FileName(snapshot)}",
            (0, ["missing"]) => throw new SnapshotNotFoundException(snapshot.ToString(), "it is not there any more") { Node = host.Node.Name },
            (0, ["failed", "NotEnoughDisk", var needed, var free]) => throw new NotEnoughDiskException(
                host.Node, $"Docker's volumes have {free} bytes free and the rehearsal needs {needed}"),
            (0, ["failed", "Unpack", ..]) => throw new RehearsalFailedException(snapshot, said["failed Unpack ".Length..]),
            _ => throw new ImageMissingException(host.Node, $"the image does not do as rke-tools: staging ended with exit code {exitCode}"),
        };
    }

    private async Task RestoreAsync(
        HelperContainer stage, string image, EtcdSnapshot snapshot, string file, TimeSpan limit, CancellationToken cancellationToken)
    {
        // etcdutl from 3.5 on; the etcdctl of 3.6 restores no more.
        foreach (string program in (string[])["etcdutl", "etcdctl"])
        {
            Queue<string> words = new();
            await using HelperContainer restore = await host.CreateAsync(
                Describe("restore", image, stage, [
                    program, "snapshot", "restore", file, "--data-dir", Data, "--name", Member,
                    "--initial-cluster", $"{Member}={Peer}", "--initial-advertise-peer-urls", Peer]),
                cancellationToken).ConfigureAwait(false);
            long exitCode;
            try
            {
                exitCode = await host.FinishAsync(restore, line => Remember(words, line.Text), limit, cancellationToken).ConfigureAwait(false);
            }
            catch (EtcdSnapshotException missing) when (program == "etcdutl" && missing.Message.Contains("executable file not found", StringComparison.Ordinal))
            {
                continue;
            }

            if (exitCode != 0)
            {
                throw new RehearsalFailedException(snapshot, $"{program} snapshot restore ended with exit code {exitCode}: {LastWords(words)}");
            }

            return;
        }
    }

    private async Task<(long Revision, long KeyCount)> ServeAsync(
        HelperContainer stage, string image, EtcdSnapshot snapshot, TimeSpan limit, CancellationToken cancellationToken)
    {
        await using HelperContainer etcd = await host.CreateAsync(
            Describe("etcd", image, stage, [
                "etcd", "--name", Member, "--data-dir", Data, "--listen-client-urls", Client, "--advertise-client-urls", Client,
                "--listen-peer-urls", Peer, "--initial-advertise-peer-urls", Peer, "--initial-cluster", $"{Member}={Peer}"]),
            cancellationToken).ConfigureAwait(false);
        await etcd.StartAsync(cancellationToken).ConfigureAwait(false);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(limit);
        string last = "it gave no answer";
        try
        {
            while (true)
            {
                ProgramResult status = await EtcdctlAsync(etcd, ["endpoint", "status", "--write-out=json"], end.Token).ConfigureAwait(false);
                // Counted by the member through its quorum of one, as a client would be served. The answer has the count of all, whatever its limit.
                ProgramResult count = await EtcdctlAsync(etcd, ["get", "", "--prefix", "--keys-only", "--limit=1", "--write-out=json"], end.Token).ConfigureAwait(false);
                if (Read(status, count) is { } answer)
                {
                    return answer;
                }

                last = (count.Error + status.Error).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? last;
                await Task.Delay(Pause, end.Token).ConfigureAwait(false);
            }
        }
        catch (DockerUnavailableException failure) when (failure.Answered)
        {
            // Nothing can be run in a container that has ended.
            throw new RehearsalFailedException(snapshot, $"its etcd ended: {await LastWordsAsync(etcd, cancellationToken).ConfigureAwait(false)}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RehearsalFailedException(snapshot, $"its etcd did not answer within {limit.TotalSeconds:0} s: {last}");
        }
    }

    private static Task<ProgramResult> EtcdctlAsync(HelperContainer etcd, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
        => etcd.ExecuteAsync(["ETCDCTL_API=3", $"ETCDCTL_ENDPOINTS={Client}"], ["etcdctl", .. arguments], cancellationToken);

    private static (long Revision, long KeyCount)? Read(ProgramResult status, ProgramResult count)
    {
        try
        {
            using JsonDocument member = JsonDocument.Parse(status.Output);
            using JsonDocument keys = JsonDocument.Parse(count.Output);
            long revision = member.RootElement[0].GetProperty("Status").GetProperty("header").GetProperty("revision").GetInt64();
            // What is zero is left out.
            return (revision, keys.RootElement.TryGetProperty("count", out JsonElement number) ? number.GetInt64() : 0);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException or FormatException)
        {
            return null;
        }
    }

    private static HelperContainerSpec Describe(string purpose, string image, HelperContainer stage, IReadOnlyList<string> command) => new()
    {
        Name = HostStore.UniqueName($"rehearsal-{purpose}"),
        Image = image,
        Entrypoint = [command[0]],
        Arguments = [.. command.Skip(1)],
        Environment = ["ETCDCTL_API=3"],
        Mounts = [Snapshots],
        VolumesFrom = stage,
    };

    private static void Remember(Queue<string> words, string line)
    {
        words.Enqueue(line);
        if (words.Count > 20)
        {
            words.Dequeue();
        }
    }

    private static async Task<string> LastWordsAsync(HelperContainer etcd, CancellationToken cancellationToken)
    {
        Queue<string> words = new();
        await etcd.StopAsync().ConfigureAwait(false);
        await foreach (ContainerLine line in etcd.ReadLinesAsync(cancellationToken).ConfigureAwait(false))
        {
            Remember(words, line.Text);
        }

        return LastWords(words);
    }

    private static string LastWords(IEnumerable<string> words) => words.LastOrDefault(line => line.Trim().Length > 0)?.Trim() ?? "it said nothing";
}
