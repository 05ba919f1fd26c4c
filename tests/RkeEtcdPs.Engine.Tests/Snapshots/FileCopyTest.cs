using System.IO.Compression;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;
using RkeEtcdPs.Engine.Tests.SnapshotFile;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Snapshots;

/// <summary>A class of tests of copies between folders of this machine.</summary>
public abstract class FileCopyTest : IDisposable
{
    private protected const string State = "/etc/kubernetes/one.rkestate";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("copies");

    private protected string Source => Directory.CreateDirectory(Path.Combine(_folder.FullName, "here")).FullName;

    private protected string Target => Directory.CreateDirectory(Path.Combine(_folder.FullName, "there")).FullName;

    private protected Heard Story { get; } = new();

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected static byte[] Make(string value) => new EtcdFile().WithBuckets().Put("key", value).Build();

    private protected static byte[] Zip(params (string Name, byte[] Content)[] members)
    {
        using MemoryStream bytes = new();
        using (ZipArchive zip = new(new WriteOnly(bytes), ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in members)
            {
                using Stream member = zip.CreateEntry(name).Open();
                member.Write(content);
            }
        }

        return bytes.ToArray();
    }

    private protected static string Write(string folder, string name, byte[] bytes)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private protected Task<CopyOutcome> CopyAsync(string path, SnapshotPacking packing = SnapshotPacking.AsIs, bool replace = false)
        => CopyAsync([SnapshotFiles.Describe(path)], packing, replace);

    private protected async Task<CopyOutcome> CopyAsync(IReadOnlyList<EtcdSnapshot> sources, SnapshotPacking packing = SnapshotPacking.AsIs, bool replace = false)
        => Assert.Single(await CopyAsync(sources, [Target], packing, replace));

    private protected async Task<IReadOnlyList<CopyOutcome>> CopyAsync(
        IReadOnlyList<EtcdSnapshot> sources, IReadOnlyList<string> targets, SnapshotPacking packing = SnapshotPacking.AsIs, bool replace = false)
    {
        Story.Clear();
        await using SnapshotCopy copy = new(new HostOptions(), new CopyRequest { Packing = packing, Replace = replace }, Story);
        List<CopyOutcome> outcomes = [];
        await foreach (CopyOutcome outcome in copy.RunAsync([new CopyItem(sources, [.. targets.Select(target => new FolderDestination(target))])]))
        {
            outcomes.Add(outcome);
        }

        return outcomes;
    }

    private protected static T AssertFailed<T>(CopyOutcome outcome, params string[] words)
        where T : EtcdSnapshotException
    {
        T failure = Assert.IsType<T>(outcome.Failure);
        Assert.All(words, word => Assert.Contains(word, failure.Message, StringComparison.Ordinal));
        return failure;
    }

    /// <summary>What was told, in words.</summary>
    private protected sealed class Heard : IProgress<HostEvent>
    {
        private readonly List<HostEvent> _events = [];

        public bool Skipped => Says<HostMessage>("is there already with the same content");

        public void Clear()
        {
            lock (_events)
            {
                _events.Clear();
            }
        }

        public bool Says<T>(string words)
            where T : HostEvent
        {
            lock (_events)
            {
                return _events.OfType<T>().Any(value => value.ToString().Contains(words, StringComparison.Ordinal));
            }
        }

        public void Report(HostEvent value)
        {
            lock (_events)
            {
                _events.Add(value);
            }
        }
    }
}
