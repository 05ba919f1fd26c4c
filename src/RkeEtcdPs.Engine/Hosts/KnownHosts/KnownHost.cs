namespace RkeEtcdPs.Engine.Hosts.KnownHosts;

/// <summary>One line of known_hosts.</summary>
/// <param name="Names">The hosts it is about.</param>
/// <param name="Key">Their key.</param>
/// <param name="IsRevoked">True when that key must never be accepted again.</param>
internal sealed record KnownHost(HostNames Names, HostKey Key, bool IsRevoked)
{
    private const int LongestLine = 64 * 1024;
    private static readonly char[] Blanks = [' ', '\t'];

    /// <summary>Null for a comment, for the key of a certificate authority, and for what is not understood: ssh skips these, too.</summary>
    public static KnownHost? TryParse(string line)
    {
        if (line.Length > LongestLine)
        {
            return null;
        }

        string[] fields = line.Trim().Split(Blanks, 5, StringSplitOptions.RemoveEmptyEntries);
        bool revoked = fields is ["@revoked", ..];
        return (revoked ? fields[1..] : fields) switch
        {
            [['#' or '@', ..], ..] => null,
            [string names, string type, string key, ..] when HostKey.TryParse(key) is { } parsed && parsed.Type == type
                => new KnownHost(new HostNames(names), parsed, revoked),
            _ => null,
        };
    }
}
