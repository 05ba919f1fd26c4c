using FsCheck.Xunit;
using RkeEtcdPs.Engine.SnapshotFile;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.SnapshotFile;

public sealed class SnapshotHistoryProperties
{
    [Property(MaxTest = 200)]
    public void Every_state_of_any_history_is_read_back(byte[] operations, byte shape)
    {
        EtcdFile file = new EtcdFile(new BoltFile { PageSize = 1024 << (shape % 4), Inline = shape % 3 > 0, FreePages = (shape % 7) - 1 }).WithBuckets();
        SortedDictionary<string, long> live = new(StringComparer.Ordinal);
        Dictionary<long, (string, long)[]> states = new() { [1] = [] };
        foreach (byte operation in operations ?? [])
        {
            string key = $"/registry/pods/ns/{operation % 16:x}";
            if (operation >= 192 && live.Remove(key))
            {
                file.Delete(key);
            }
            else
            {
                file.Put(key, new byte[operation * (shape % 11)]);
                live[key] = file.Revision;
            }

            states[file.Revision] = [.. live.Select(item => (item.Key, item.Value))];
        }

        using SnapshotReader reader = SnapshotFormatTests.Open(file.Build());
        foreach ((long revision, (string, long)[] state) in states.Where(state => file.Revision > 1 && state.Key > 1))
        {
            ContentFilter filter = new() { AtRevision = revision };
            Assert.Equal(state, reader.ReadContent(filter).Select(item => (item.Key, item.ModRevision)));
            Assert.Equal(reader.ReadContent(filter).OrderByDescending(item => item.ModRevision), reader.ReadNewestFirst(filter));
        }

        Assert.Equal(live.Count, reader.Summarize().Count);
    }

    [Property(MaxTest = 200)]
    public void A_comparison_is_what_sets_would_tell(byte[] before, byte[] after)
    {
        SortedDictionary<string, byte> left = Fill(before, out EtcdFile first);
        SortedDictionary<string, byte> right = Fill(after, out EtcdFile second);
        using SnapshotReader reference = SnapshotFormatTests.Open(first.Build());
        using SnapshotReader difference = SnapshotFormatTests.Open(second.Build());

        List<SnapshotDifference> found = reference.CompareTo(difference).ToList();

        Assert.Equal(left.Keys.Union(right.Keys).Order(StringComparer.Ordinal).Where(key => found.Exists(item => item.Key == key)), found.Select(item => item.Key));
        Assert.Equal(right.Keys.Except(left.Keys), found.Where(item => item.Change == ObjectChange.Added).Select(item => item.Key));
        Assert.Equal(left.Keys.Except(right.Keys), found.Where(item => item.Change == ObjectChange.Removed).Select(item => item.Key));
        Assert.Equal(
            left.Keys.Intersect(right.Keys).Where(key => left[key] != right[key]),
            found.Where(item => item.Change == ObjectChange.Changed && item.ValueDiffers).Select(item => item.Key));
    }

    private static SortedDictionary<string, byte> Fill(byte[]? operations, out EtcdFile file)
    {
        file = new EtcdFile().WithBuckets();
        SortedDictionary<string, byte> keys = new(StringComparer.Ordinal);
        foreach (byte operation in operations ?? [])
        {
            string key = $"k{operation % 32:x}";
            file.Put(key, [operation]);
            keys[key] = operation;
        }

        return keys;
    }
}
