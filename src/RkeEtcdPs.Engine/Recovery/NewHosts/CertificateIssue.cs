using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using RkeEtcdPs.Engine.Certificates;

namespace RkeEtcdPs.Engine.Recovery.NewHosts;

/// <summary>Issues the certificates of a host and puts them beside those it has, from where the switch takes them. They are in memory here and nowhere else.</summary>
internal static class CertificateIssue
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Readable = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public static async Task RunAsync(RestoreHost host, CertificateAuthority authority, string operation, CancellationToken cancellationToken)
    {
        List<(string Name, byte[] Content, bool IsKey)> files = [];
        foreach (NewCertificate wanted in host.NewCertificates)
        {
            if (wanted is not { KeyFile: { } keyFile, Subject: { } subject })
            {
                files.Add((wanted.CertificateFile, Encoding.ASCII.GetBytes(authority.Pem), false));
                continue;
            }

            IssuedCertificate issued = wanted.Given ?? authority.Issue(subject);
            files.Add((wanted.CertificateFile, Encoding.ASCII.GetBytes(issued.Certificate), false));
            files.Add((keyFile, Encoding.ASCII.GetBytes(issued.Key.Reveal()), true));
        }

        string list = string.Join(',', files.Select(file => $"{file.Name}:{Convert.ToHexString(SHA256.HashData(file.Content)).ToLowerInvariant()}"));
        // Before they are there: whoever finds them must know whose they are.
        await host.RunAsync("mark", cancellationToken, operation, RestoreRecord.CertificatesLine(list)).ConfigureAwait(false);
        (int User, int Group) owner = (host.Etcd ?? host.Planned)?.Owner ?? (0, 0);
        using MemoryStream archive = new();
        await using (TarWriter tar = new(archive, TarEntryFormat.Ustar, leaveOpen: true))
        {
            string folder = RestoreRecord.StagedCertificates(operation);
            await tar.WriteEntryAsync(new UstarTarEntry(TarEntryType.Directory, folder) { Mode = OwnerOnly | UnixFileMode.UserExecute }, cancellationToken).ConfigureAwait(false);
            foreach ((string name, byte[] content, bool isKey) in files)
            {
                await tar.WriteEntryAsync(
                    new UstarTarEntry(TarEntryType.RegularFile, $"{folder}/{name}")
                    {
                        DataStream = new MemoryStream(content),
                        Mode = isKey ? OwnerOnly : Readable,
                        Uid = isKey ? owner.User : 0,
                        Gid = isKey ? owner.Group : 0,
                    },
                    cancellationToken).ConfigureAwait(false);
            }
        }

        archive.Position = 0;
        await host.WriteCertificatesAsync(archive, cancellationToken).ConfigureAwait(false);
        await host.RunAsync("certify", cancellationToken, operation, list).ConfigureAwait(false);
    }
}
