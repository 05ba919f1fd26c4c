using System.Security.Cryptography;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>What a copy that broke has left in a folder: the first bytes of a snapshot, perhaps. That they are those of the source, the source must tell.</summary>
/// <param name="Path">The file.</param>
/// <param name="Length">Its bytes.</param>
internal sealed record PartialCopy(string Path, long Length)
{
    /// <summary>Opens its bytes.</summary>
    public Stream Open() => new LimitedStream(OpenFile(), Length);

    /// <summary>The SHA-256 of all of it, as lower-case hexadecimal digits.</summary>
    public async Task<string> HashAsync(CancellationToken cancellationToken)
    {
        Stream content = Open();
        await using (content.ConfigureAwait(false))
        {
            return Convert.ToHexString(await SHA256.HashDataAsync(content, cancellationToken).ConfigureAwait(false)).ToLowerInvariant();
        }
    }

    /// <summary>Some of its bytes.</summary>
    public async Task<byte[]> ReadAsync(long offset, int count, CancellationToken cancellationToken)
    {
        FileStream file = OpenFile();
        await using (file.ConfigureAwait(false))
        {
            byte[] bytes = new byte[count];
            file.Position = offset;
            await file.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
            return bytes;
        }
    }

    private FileStream OpenFile()
        => new(Path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
}
