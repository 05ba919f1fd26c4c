using System.Security.Cryptography;
using System.Text;

namespace RkeEtcdPs.Engine.Certificates;

/// <summary>Files with certificates, in which anything else may be as well: a key above all.</summary>
internal static class CertificateText
{
    private const string Label = "CERTIFICATE";

    /// <summary>The certificates of a text as PEM, in their order, and nothing else of it; empty when there are none.</summary>
    public static string Only(string pem)
    {
        StringBuilder certificates = new();
        ReadOnlySpan<char> rest = pem;
        while (PemEncoding.TryFind(rest, out PemFields found))
        {
            if (rest[found.Label] is Label)
            {
                // Written anew: within a block there is nothing but what its base64 says.
                certificates.Append(PemEncoding.Write(Label, Convert.FromBase64String(rest[found.Base64Data].ToString()))).Append('\n');
            }

            rest = rest[found.Location.End..];
        }

        return certificates.ToString();
    }
}
