namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Passes progress on at once, on the thread that makes it: <see cref="Progress{T}"/> would reorder it.</summary>
internal sealed class ByteCount(Action<long> report) : IProgress<long>
{
    /// <inheritdoc />
    public void Report(long value) => report(value);
}
