using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Hosts.KnownHosts;

/// <summary>Decides whether the key that a node shows is to be trusted; it shows it again whenever keys are exchanged anew.</summary>
internal sealed class HostKeyCheck
{
    private readonly RkeNode _node;
    private readonly bool _acceptNew;
    private readonly KnownHostsFiles _files;
    private readonly KnownHostList _known;
    private HostKey? _trusted;

    /// <exception cref="NodeUnreachableException">What is known cannot be read, so that a changed key would not be seen.</exception>
    public HostKeyCheck(RkeNode node, HostOptions options)
    {
        _node = node;
        _acceptNew = options.AcceptNewHostKey;
        try
        {
            _files = KnownHostsFiles.Find(options.SshConfigPath);
            _known = _files.Read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new NodeUnreachableException(
                node, $"its host key cannot be checked: {error.Message}", "Make the ssh_config and the known_hosts files readable, or name others with -SshConfig.", error);
        }
    }

    /// <summary>Why it was not trusted; null as long as it was.</summary>
    public EtcdSnapshotException? Refusal { get; private set; }

    /// <summary>Why a new key that was accepted could not be remembered; null when it was, or there was none.</summary>
    public string? NotRemembered { get; private set; }

    /// <summary>The types of the keys that are known of the node; empty when none is.</summary>
    public IReadOnlySet<string> KnownTypes => _known.TypesOf(_node.Address, _node.Port);

    /// <summary>Judges a key that the node has proved to hold.</summary>
    public bool Trust(byte[] blob)
    {
        HostKey? key = HostKey.TryParse(blob);
        if (key is null)
        {
            Refusal = new HostKeyUnknownException(_node, null);
            return false;
        }

        if (_trusted is null)
        {
            Refusal = Judge(key);
            _trusted = Refusal is null ? key : null;
        }
        else if (!_trusted.IsSameAs(key))
        {
            Refusal = new HostKeyChangedException(_node, key.Fingerprint);
        }

        return Refusal is null;
    }

    private EtcdSnapshotException? Judge(HostKey key)
    {
        switch (_known.Check(_node.Address, _node.Port, key))
        {
            case HostKeyVerdict.Known:
                return null;
            case HostKeyVerdict.Unknown when _acceptNew:
                Remember(key);
                return null;
            case HostKeyVerdict.Unknown:
                return new HostKeyUnknownException(_node, key.Fingerprint);
            case HostKeyVerdict.Revoked:
                return HostKeyChangedException.ToRevoked(_node, key.Fingerprint);
            default:
                return new HostKeyChangedException(_node, key.Fingerprint);
        }
    }

    private void Remember(HostKey key)
    {
        try
        {
            _files.Remember(_node.Address, _node.Port, key);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // As ssh: where no file can be written, as in a sandbox, the host must be reachable all the same.
            NotRemembered = error.Message;
        }
    }
}
