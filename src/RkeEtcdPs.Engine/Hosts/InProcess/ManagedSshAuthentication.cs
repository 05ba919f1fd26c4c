using Renci.SshNet;

namespace RkeEtcdPs.Engine.Hosts.InProcess;

/// <summary>Offers keys to a node, and gets hold of the session in which it does so.</summary>
internal sealed class ManagedSshAuthentication(string user, IReadOnlyList<PrivateKeyFile> keys, Action<Session> started)
    : PrivateKeyAuthenticationMethod(user, [.. keys])
{
    public override AuthenticationResult Authenticate(Session session)
    {
        started(session);
        return base.Authenticate(session);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            foreach (PrivateKeyFile key in keys)
            {
                key.Dispose();
            }
        }
    }
}
