using System.Diagnostics;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Proves copies where they lie: on a host with etcd's own tool there, elsewhere by reading every page here.</summary>
/// <param name="store">Where they lie.</param>
/// <param name="story">Told how far it is.</param>
/// <param name="whole">
/// Whether the figures of what is in a zip are wanted too, for which it must be unpacked to this machine's disk. Without it the zip is read
/// from front to back, and every byte in it hashed.
/// </param>
internal sealed class SnapshotProof(ISnapshotStore store, IProgress<HostEvent> story, bool whole = false)
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);

    /// <summary>Proves one copy. Corrupt is a result here, not an error.</summary>
    /// <exception cref="Errors.EtcdSnapshotException">It cannot be read.</exception>
    public async Task<EtcdSnapshotCheck> RunAsync(EtcdSnapshot snapshot, CancellationToken cancellationToken)
    {
        Stopwatch watch = Stopwatch.StartNew();
        EtcdSnapshotCheck check = (snapshot.IsZip && !whole ? await ReadZipAsync(snapshot, cancellationToken).ConfigureAwait(false) : null) ?? (store, snapshot.IsZip) switch
        {
            (HostStore host, false) => await new HostProof(host).RunAsync(snapshot, cancellationToken).ConfigureAwait(false),
            (FolderStore, _) => await CheckFileAsync(snapshot.Path, cancellationToken).ConfigureAwait(false),
            _ => await FetchAndCheckAsync(snapshot, cancellationToken).ConfigureAwait(false),
        };
        return check with
        {
            ClusterName = snapshot.ClusterName,
            Node = snapshot.Node,
            Name = snapshot.Name,
            CreatedAt = snapshot.CreatedAt,
            Duration = watch.Elapsed,
        };
    }

    /// <summary>The copy with what was proved of it.</summary>
    public static EtcdSnapshot Apply(EtcdSnapshot snapshot, EtcdSnapshotCheck check) => snapshot with
    {
        Verified = check.Integrity == SnapshotIntegrity.Sound,
        ContentHash = snapshot.ContentHash ?? (check.Integrity == SnapshotIntegrity.Sound ? check.ContentHash : null),
        Revision = check.Revision,
        KeyCount = check.KeyCount ?? check.EntryCount,
    };

    /// <summary>Proves what is in a zip as it goes by; null when that says it is not sound, which a zip of another make need not mean.</summary>
    private async Task<EtcdSnapshotCheck?> ReadZipAsync(EtcdSnapshot snapshot, CancellationToken cancellationToken)
    {
        Stream stream = await store.OpenAsync(snapshot, cancellationToken).ConfigureAwait(false);
        try
        {
            ProvingStream proving = new(new UnzippedStream(new TimedStream(stream, snapshot.ToString(), LongestSilence), snapshot.ToString()), snapshot.ToString(), null);
            await using (proving.ConfigureAwait(false))
            {
                await ChunkedRead.RunAsync(proving, (_, _) => ValueTask.CompletedTask, cancellationToken).ConfigureAwait(false);
            }

            string hash = proving.ContentHash!;
            return new EtcdSnapshotCheck { Path = snapshot.Path, Integrity = SnapshotIntegrity.Sound, Faults = [], Size = proving.Total, ContentHash = hash, ComputedHash = hash, Duration = TimeSpan.Zero };
        }
        catch (SnapshotCorruptException)
        {
            return null;
        }
    }

    private async Task<EtcdSnapshotCheck> CheckFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await new SnapshotFileCheck(story).RunAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (SnapshotFileFailure.From(path, error) is { } failure)
        {
            throw failure;
        }
    }

    // A zip's directory is at its end, so it cannot be read as it comes.
    private async Task<EtcdSnapshotCheck> FetchAndCheckAsync(EtcdSnapshot snapshot, CancellationToken cancellationToken)
    {
        Stream stream = await store.OpenAsync(snapshot, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using FileStream copy = PackedSnapshot.CreatePrivateFile();
            await new TimedStream(stream, snapshot.ToString(), LongestSilence).CopyToAsync(copy, cancellationToken).ConfigureAwait(false);
            SnapshotCheck check;
            try
            {
                using SnapshotReader reader = SnapshotReader.Open(copy, leaveOpen: true, cancellationToken: cancellationToken);
                check = await reader.CheckAsync(null, cancellationToken).ConfigureAwait(false);
            }
            catch (SnapshotCorruptException fault)
            {
                check = new SnapshotCheck { Integrity = SnapshotIntegrity.Corrupt, Faults = [fault], Size = snapshot.Size };
            }

            return SnapshotFileCheck.Describe(snapshot.ToString(), check, TimeSpan.Zero) with { Path = snapshot.Path };
        }
    }
}
