using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Lab.Tests.Snapshots;

/// <summary>A class of tests of copying, with a folder on this machine for each test.</summary>
public abstract class CopyTest(LabFixture fixture) : ProductTest(fixture)
{
    /// <summary>More than all buffers between a source and its targets.</summary>
    private protected const long Large = 40 << 20;

    private protected string Folder { get; } = Path.Combine(Path.GetTempPath(), $"copies-{Guid.NewGuid():N}");

    public override Task DisposeAsync()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }

        return base.DisposeAsync();
    }

    private protected HostDestination To(LabHost host) => new(Product.Nodes(host.Name)[0]);

    private protected FolderDestination ToFolder => new(Folder);

    private protected async Task<EtcdSnapshot> SaveAsync(LabHost host, string name = "one", long fill = 0)
    {
        if (fill > 0)
        {
            await host.FillAsync(fill);
        }

        return (await Product.SaveAsync(name, host.Name))[0].Value!;
    }

    private protected Task<CopyOutcome[]> CopyAsync(EtcdSnapshot snapshot, params CopyDestination[] destinations) => CopyAsync(new CopyRequest(), snapshot, destinations);

    private protected async Task<CopyOutcome[]> CopyAsync(
        CopyRequest request, EtcdSnapshot snapshot, IReadOnlyList<CopyDestination> destinations, IProgress<HostEvent>? story = null, HostOptions? options = null, CancellationToken cancellationToken = default)
    {
        await using SnapshotCopy copy = new(options ?? Product.Options, request with { Clusters = [Product.Cluster] }, story ?? Product);
        List<CopyOutcome> outcomes = [];
        await foreach (CopyOutcome outcome in copy.RunAsync([new CopyItem([snapshot], destinations)], cancellationToken))
        {
            outcomes.Add(outcome);
        }

        return [.. outcomes];
    }

    private protected static string PathOn(LabHost host, string file = "one") => Path.Combine(host.SnapshotFolder, file);

    private protected static byte[] BytesOn(LabHost host, string file = "one") => File.ReadAllBytes(PathOn(host, file));

    /// <summary>Does something once, when so many bytes have been sent to a place.</summary>
    private protected sealed class AtBytes(string place, long bytes, Action action) : IProgress<HostEvent>
    {
        private int _done;

        public bool Happened => _done > 0;

        public void Report(HostEvent value)
        {
            if (value is HostProgress { Status: "sending", Done: { } sent } && value.Node == place && sent >= bytes && Interlocked.Exchange(ref _done, 1) == 0)
            {
                action();
            }
        }
    }
}
