using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>One <c>ssh … docker system dial-stdio</c> for each connection: for Windows, and for hosts that forbid socket forwarding.</summary>
internal sealed class SshStdioTransport(RkeNode node, HostOptions options, string reason) : IDockerTransport
{
    private readonly SshPrivateFolder _folder = SshPrivateFolder.Create();
    private readonly List<SshStdioStream> _streams = [];
    private List<string>? _arguments;

    public string Description => $"docker system dial-stdio over ssh ({reason})";

    public ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_streams)
        {
            // The private files that the arguments name are written once.
            _arguments ??= [.. SshArguments.Create(node, options, _folder), "--", node.Address, DialStdio.Command(node)];
            SshStdioStream stream = new(SshLauncher.Start(node, options, _arguments, _folder));
            _streams.Add(stream);
            return ValueTask.FromResult<Stream>(stream);
        }
    }

    public async Task<EtcdSnapshotException?> FindFailureAsync()
    {
        SshStdioStream? last;
        lock (_streams)
        {
            last = _streams.LastOrDefault();
        }

        if (last is null)
        {
            return null;
        }

        await Task.WhenAny(last.Ssh.Ended, Task.Delay(TimeSpan.FromSeconds(1))).ConfigureAwait(false);
        if (!last.Ssh.HasEnded)
        {
            return null;
        }

        string said = string.Join('\n', last.Ssh.Messages.Where(line => !line.StartsWith("debug", StringComparison.Ordinal)));
        return last.Ssh.ExitCode == 255
            ? SshFailure.Classify(node, last.Ssh.Messages)
            : DialStdio.Explain(node, last.Ssh.ExitCode, said, reason);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SshStdioStream stream in _streams)
        {
            await stream.Ssh.DisposeAsync().ConfigureAwait(false);
        }

        _folder.Dispose();
    }
}
