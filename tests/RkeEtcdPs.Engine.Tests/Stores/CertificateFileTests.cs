using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Stores;

public sealed class CertificateFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void File_of_certificates_is_given_as_it_is()
    {
        using X509Certificate2 certificate = Make();
        string pem = $"# ours\n{certificate.ExportCertificatePem()}\n{certificate.ExportCertificatePem()}\n";
        File.WriteAllText(_path, pem);

        Assert.Equal(pem, CertificateFile.Read(_path));
    }

    [Theory]
    [InlineData("", "holds no certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "is no certificate")]
    public void File_without_a_certificate_is_refused(string text, string words)
    {
        File.WriteAllText(_path, text);
        AssertRefused(_path, words);
    }

    [Fact]
    public void Certificate_in_another_form_is_refused()
    {
        using X509Certificate2 certificate = Make();
        File.WriteAllBytes(_path, certificate.RawData);
        AssertRefused(_path, "PEM form");
    }

    [Fact]
    public void File_that_is_not_there_is_refused() => AssertRefused(_path + ".none", "cannot be read");

    private static void AssertRefused(string path, string words)
    {
        StoreUnavailableException failure = Assert.Throws<StoreUnavailableException>(() => CertificateFile.Read(path));
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    private static X509Certificate2 Make()
    {
        using ECDsa key = ECDsa.Create();
        return new CertificateRequest("CN=ca", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
    }
}
