using System.Security.Cryptography;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Stores;

/// <summary>A class of tests of buckets, with files of this machine to copy there.</summary>
public abstract class S3Test : IAsyncLifetime
{
    /// <summary>Five parts.</summary>
    private protected const long Large = 40 << 20;

    private protected string Folder { get; } = Directory.CreateTempSubdirectory("s3-copies-").FullName;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return Task.CompletedTask;
    }

    private protected EtcdSnapshot Make(string name, long size, string folder = "made")
    {
        string path = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, folder)).FullName, name);
        byte[] chunk = RandomNumberGenerator.GetBytes(64 * 1024);
        long content = Math.Max(512, size / 512 * 512);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (FileStream file = File.Create(path))
        {
            // What tells a database: page 0 and bolt's magic number.
            chunk.AsSpan(0, 16).Clear();
            BitConverter.TryWriteBytes(chunk.AsSpan(16), 0xED0CDAED);
            for (long left = content; left > 0; left -= chunk.Length)
            {
                BitConverter.TryWriteBytes(chunk.AsSpan(32), left);
                ReadOnlySpan<byte> part = chunk.AsSpan(0, (int)Math.Min(left, chunk.Length));
                hash.AppendData(part);
                file.Write(part);
            }

            file.Write(hash.GetHashAndReset());
        }

        return SnapshotFiles.Describe(path);
    }

    private protected static EtcdSnapshot Single(CopyOutcome[] outcomes)
    {
        CopyOutcome outcome = Assert.Single(outcomes);
        Assert.Null(outcome.Failure);
        return outcome.Value!;
    }

    private protected static async Task<List<EtcdSnapshot>> ListAsync(S3Server server, string folder, params string[] names)
        => await ListAsync(server.Connection, folder, names);

    private protected static async Task<List<EtcdSnapshot>> ListAsync(S3Connection connection, string folder, params string[] names)
    {
        await using ISnapshotStore store = S3Store.Open(new S3Address(S3Server.Bucket, folder), connection);
        List<EtcdSnapshot> found = [];
        await foreach (EtcdSnapshot snapshot in store.ListAsync(names, CancellationToken.None))
        {
            found.Add(snapshot);
        }

        return found;
    }

    private protected static async Task<EtcdSnapshotException> FailAsync(EtcdSnapshot file, S3Connection connection)
        => Assert.Single(await CopyAsync(file, new S3Destination(new S3Address(S3Server.Bucket), connection))).Failure!;

    private protected static Task<CopyOutcome[]> CopyAsync(
        EtcdSnapshot snapshot, CopyDestination destination, S3Connection? from = null, SnapshotPacking packing = SnapshotPacking.AsIs, bool replace = false)
        => CopyAsync(snapshot, [destination], from, packing, replace);

    private protected static async Task<CopyOutcome[]> CopyAsync(
        EtcdSnapshot snapshot, IReadOnlyList<CopyDestination> destinations, S3Connection? from = null, SnapshotPacking packing = SnapshotPacking.AsIs,
        bool replace = false, IProgress<HostEvent>? story = null, bool resume = false, CancellationToken cancellationToken = default)
    {
        CopyRequest request = new() { SourceConnection = from, Packing = packing, Replace = replace, Resume = resume };
        await using SnapshotCopy copy = new(new HostOptions(), request, story ?? new Progress<HostEvent>());
        List<CopyOutcome> outcomes = [];
        await foreach (CopyOutcome outcome in copy.RunAsync([new CopyItem([snapshot], destinations)], cancellationToken))
        {
            outcomes.Add(outcome);
        }

        return [.. outcomes];
    }
}
