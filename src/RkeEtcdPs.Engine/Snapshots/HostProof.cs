using System.Globalization;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Proves copies on their host: every byte is hashed there, and etcd's own tool reads the database.</summary>
internal sealed class HostProof(HostStore host)
{
    private const string Mounted = "/snapshots";
    private const int HashDigits = 64;

    /// <summary>Proves one copy. Corrupt is a result here, not an error.</summary>
    /// <exception cref="SnapshotNotFoundException">It is not there any more.</exception>
    /// <exception cref="Errors.EtcdSnapshotException">The host went away, or its image does not do.</exception>
    public async Task<EtcdSnapshotCheck> RunAsync(EtcdSnapshot snapshot, CancellationToken cancellationToken)
    {
        Dictionary<string, string> facts = new(StringComparer.Ordinal);
        HelperContainerSpec spec = new()
        {
            Name = HostStore.UniqueName("check"),
            Image = host.Image,
            Entrypoint = ["sh", "-c", EmbeddedScript.Read("check-snapshot.sh"), "check-snapshot"],
            Arguments = [host.FileName(snapshot)],
            Mounts = [new HelperMount(SnapshotFolder.Path, Mounted, ReadOnly: true)],
        };
        long exitCode = await host.RunAsync(spec, line => Add(facts, line), cancellationToken, HostStore.ReadingTime(snapshot.Size)).ConfigureAwait(false);
        if (facts.ContainsKey("missing"))
        {
            throw new SnapshotNotFoundException(snapshot.ToString(), "it is not there any more") { Node = host.Node.Name };
        }

        return exitCode == 0 && facts.ContainsKey("end") && facts.GetValueOrDefault("computed")?.Length == HashDigits
            ? Describe(snapshot, facts)
            : throw new ImageMissingException(host.Node, $"the image does not do as rke-tools: the check ended with exit code {exitCode}");
    }

    /// <summary>What the facts that the script printed come to.</summary>
    internal static EtcdSnapshotCheck Describe(EtcdSnapshot snapshot, Dictionary<string, string> facts)
    {
        EtcdctlStatus? status = EtcdctlStatus.Read(facts.GetValueOrDefault("status"));
        string? written = facts.GetValueOrDefault("written") is { Length: HashDigits } hash ? hash : null;
        List<SnapshotCorruptException> faults = [];
        if (written is not null && written != facts["computed"])
        {
            faults.Add(Fault("its SHA-256 is not the one etcd wrote at its end"));
        }

        if (status is null)
        {
            faults.Add(Fault($"etcd's own tool cannot read it ({facts.GetValueOrDefault("unreadable", "it gave no status").Trim()})"));
        }

        return new EtcdSnapshotCheck
        {
            Path = snapshot.Path,
            Integrity = faults.Count > 0 ? SnapshotIntegrity.Corrupt : written is null ? SnapshotIntegrity.Unknown : SnapshotIntegrity.Sound,
            Faults = faults,
            Size = long.TryParse(facts.GetValueOrDefault("size"), NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size : snapshot.Size,
            ContentHash = written,
            ComputedHash = facts["computed"],
            Revision = status?.Revision,
            KeyCount = status?.TotalKey,
            Duration = TimeSpan.Zero,
        };

        SnapshotCorruptException Fault(string reason) => new SnapshotCorruptException(reason) { Node = snapshot.Node }.In(snapshot.ToString());
    }

    /// <summary>Takes one line of the script.</summary>
    internal static void Add(Dictionary<string, string> facts, ContainerLine line)
    {
        int space = line.Text.IndexOf(' ', StringComparison.Ordinal);
        if (!line.IsError)
        {
            facts[space < 0 ? line.Text : line.Text[..space]] = space < 0 ? "" : line.Text[(space + 1)..];
        }
    }
}
