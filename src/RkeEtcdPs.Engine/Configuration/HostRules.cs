using System.Net;

namespace RkeEtcdPs.Engine.Configuration;

/// <summary>What may be handed to ssh, to Docker and into paths. Each rule gives what is wrong, or null.</summary>
internal static class HostRules
{
    private const int LongestHostName = 253;
    private const int LongestLabel = 63;

    /// <summary>A host name or IP address.</summary>
    public static string? Address(string address)
    {
        if (address[0] == '-')
        {
            return "looks like an option: an address cannot begin with '-'";
        }
        if (!address.All(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '%'))
        {
            return "is not a host name or IP address: whitespace, quotes, '@', '/', brackets and the like are not allowed";
        }
        return address.Count(c => c == ':') switch
        {
            0 => address.Contains('%') ? "is not a host name or IP address" : null,
            1 => "holds a port, which belongs into 'port'",
            _ => IPAddress.TryParse(address, out _) ? null : "is not an IPv6 address",
        };
    }

    /// <summary>A user to log in as: what OpenSSH takes, without <c>@</c>.</summary>
    public static string? User(string user)
    {
        if (user[0] == '-')
        {
            return "looks like an option: a user cannot begin with '-'";
        }
        bool isOdd = user.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || "@'\"`;&<>|(){}".Contains(c)) || user[^1] == '\\';
        return isOdd ? "is not a user name: whitespace, quotes, '@' and shell characters are not allowed" : null;
    }

    /// <summary>An absolute path on a host.</summary>
    public static string? UnixPath(string path)
    {
        if (path[0] != '/')
        {
            return "must be an absolute path, beginning with '/'";
        }
        if (!path.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '/' or '-'))
        {
            return "may hold only letters, digits and . _ - /";
        }
        return path.Split('/').Contains("..") ? "must not contain '..'" : null;
    }

    /// <summary>What Kubernetes takes for the name of a node: a DNS subdomain in lower case (RFC 1123).</summary>
    public static string? NodeName(string name)
    {
        bool isName = name.Length <= LongestHostName
            && name.Split('.').All(label => label.Length is > 0 and <= LongestLabel
                && label[0] != '-' && label[^1] != '-'
                && label.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterLower(c) || c == '-'));
        return isName ? null : "is not a name Kubernetes takes for a node: letters, digits, '-' and '.', beginning and ending with a letter or digit";
    }
}
