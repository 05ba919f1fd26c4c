using System.Diagnostics;
using RkeEtcdPs.Engine.Hosts;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Hosts;

public sealed class SshKeyFileTests
{
    [Theory]
    [InlineData("ed25519", "", "RFC4716", false)]
    [InlineData("ed25519", "secret", "RFC4716", true)]
    [InlineData("rsa", "", "PEM", false)]
    [InlineData("rsa", "secret", "PEM", true)]
    [InlineData("rsa", "secret", "PKCS8", true)]
    [InlineData("ecdsa", "", "PKCS8", false)]
    public void Passphrase_is_seen_in_keys_made_by_ssh_keygen(string type, string passphrase, string format, bool encrypted)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory();
        try
        {
            string path = Path.Combine(folder.FullName, "key");
            using Process keygen = Process.Start("ssh-keygen", ["-q", "-t", type, "-N", passphrase, "-m", format, "-f", path]);
            keygen.WaitForExit();

            Assert.Equal(encrypted, SshKeyFile.IsEncrypted(File.ReadAllText(path)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a key")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----")]
    public void What_is_no_key_is_not_called_locked(string text) => Assert.False(SshKeyFile.IsEncrypted(text));
}
