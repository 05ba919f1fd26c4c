using System.Formats.Tar;
using System.IO.Pipelines;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Reads one snapshot once and feeds it to several hosts, in buffers of fixed size.</summary>
internal sealed class SnapshotFanOut
{
    // Enough to keep a link busy while another one is slower for a moment.
    private const int BranchBuffer = 1024 * 1024;

    private readonly string _name;
    private readonly Pipe[] _pipes;

    public SnapshotFanOut(string name, int branches)
    {
        _name = name;
        _pipes = [.. Enumerable.Range(0, branches).Select(_ => new Pipe(new PipeOptions(pauseWriterThreshold: BranchBuffer, resumeWriterThreshold: BranchBuffer / 2)))];
        Branches = [.. _pipes.Select(pipe => pipe.Reader.AsStream())];
    }

    /// <summary>One tar archive for each host: the snapshot under the name of an unfinished file.</summary>
    public IReadOnlyList<Stream> Branches { get; }

    /// <summary>Reads the source and feeds all branches. When the source fails, so does the reading of every branch.</summary>
    public async Task SendAsync(HostSave source, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            Stream archive = await source.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (archive.ConfigureAwait(false))
            {
                await CopyAsync(archive, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            // Whatever it was: a branch that is never completed would be read for ever.
            // It is thrown again where the branches are read, and must then say that the source is to blame.
            failure = error is OperationCanceledException ? error : await source.ExplainAsync(error).ConfigureAwait(false);
        }

        foreach (Pipe pipe in _pipes)
        {
            await pipe.Writer.CompleteAsync(failure).ConfigureAwait(false);
        }
    }

    private async Task CopyAsync(Stream archive, CancellationToken cancellationToken)
    {
        using TarReader source = new(archive, leaveOpen: true);
        TarEntry? entry = await source.GetNextEntryAsync(copyData: false, cancellationToken).ConfigureAwait(false);
        Stream data = entry?.DataStream ?? throw new IOException("the source sent no file");
        BranchStream branches = new(_pipes);
        await using (branches.ConfigureAwait(false))
        {
            TarWriter target = new(branches, TarEntryFormat.Pax, leaveOpen: true);
            await using (target.ConfigureAwait(false))
            {
                PaxTarEntry copy = new(TarEntryType.RegularFile, SnapshotFolder.PartName(_name))
                {
                    Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                    ModificationTime = entry.ModificationTime,
                    DataStream = new SizedStream(data, entry.Length),
                };
                await target.WriteEntryAsync(copy, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
