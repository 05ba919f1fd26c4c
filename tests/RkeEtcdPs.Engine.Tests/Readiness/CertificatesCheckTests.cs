using System.Formats.Tar;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Readiness;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.Tests.Docker;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Readiness;

public sealed class CertificatesCheckTests
{
    private const string Stat = "X-Docker-Container-Path-Stat";

    [Fact]
    public async Task Certificate_whose_key_is_not_there_is_an_error()
    {
        NodeCheck check = Assert.Single(await CheckAsync(key: false));

        Assert.Equal((NodeCheckPoint.Certificates, NodeCheckSeverity.Error, "RestoreNotSafe"), (check.Check, check.Severity, check.Id));
        Assert.StartsWith("/ssl/member-key.pem, ", check.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_with_its_key_is_good()
        => Assert.Equal(NodeCheckSeverity.OK, Assert.Single(await CheckAsync(key: true)).Severity);

    private static async Task<IReadOnlyList<NodeCheck>> CheckAsync(bool key)
    {
        using RSA pair = RSA.Create(2048);
        using X509Certificate2 certificate = new CertificateRequest("CN=member", pair, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(99));
        byte[] archive = await ArchiveAsync(certificate.ExportCertificatePem());
        string stat = $"{Stat}: {Convert.ToBase64String("""{"name":"f","size":1,"mode":384,"mtime":"2026-05-04T12:00:00Z","linkTarget":""}"""u8)}\r\n";
        using ScriptedEngine scripted = new(request => request.Line switch
        {
            var line when line.StartsWith("GET /containers/c1/archive", StringComparison.Ordinal) => new(200, archive, $"Content-Type: application/x-tar\r\n{stat}"),
            var line when line.StartsWith("HEAD /containers/c1/archive", StringComparison.Ordinal) && key => new(200, [], stat),
            _ => null,
        });
        await using DockerEngine engine = await DockerEngine.ConnectAsync(scripted.Host.Node, new HostOptions(), CancellationToken.None);
        NodeFindings findings = new(scripted.Host.Node);
        EtcdDeployment etcd = EtcdDeployment.Of(scripted.Host.Node, new ContainerInspectResponse
        {
            ID = "c1",
            Config = new ContainerConfig { Cmd = ["etcd", "--cert-file=/ssl/member.pem", "--key-file=/ssl/member-key.pem"] },
        });

        await CertificatesCheck.RunAsync(engine, etcd, DateTime.UtcNow, TimeSpan.FromDays(30), findings, CancellationToken.None);

        return findings.Checks;
    }

    private static async Task<byte[]> ArchiveAsync(string text)
    {
        using MemoryStream archive = new();
        await using (TarWriter writer = new(archive, leaveOpen: true))
        {
            using MemoryStream data = new(Encoding.UTF8.GetBytes(text));
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "member.pem") { DataStream = data });
        }

        return archive.ToArray();
    }
}
