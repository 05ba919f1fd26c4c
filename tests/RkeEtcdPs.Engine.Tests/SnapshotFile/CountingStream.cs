namespace RkeEtcdPs.Engine.Tests.SnapshotFile;

/// <summary>A file in memory that counts what is read of it.</summary>
internal sealed class CountingStream(byte[] file) : MemoryStream(file)
{
    public long BytesRead { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        int read = base.Read(buffer);
        BytesRead += read;
        return read;
    }
}
