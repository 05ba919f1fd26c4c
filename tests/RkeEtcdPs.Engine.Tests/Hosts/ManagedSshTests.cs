using System.Reflection;
using Renci.SshNet;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Hosts.InProcess;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Hosts;

public sealed class ManagedSshTests : IDisposable
{
    private readonly SshKeygen _keygen = new();

    public void Dispose() => _keygen.Dispose();

    [Fact]
    public void The_field_by_which_a_connection_is_cut_is_there()
        => Assert.Equal(typeof(System.Net.Sockets.Socket), typeof(Session).GetField("_socket", BindingFlags.Instance | BindingFlags.NonPublic)?.FieldType);

    [Theory]
    [InlineData("ssh-rsa", "rsa-sha2-512")]
    [InlineData("ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384")]
    public void A_host_is_asked_for_the_type_of_key_that_is_known_of_it(string known, string first)
    {
        ConnectionInfo connection = new("node1", "root", new NoneAuthenticationMethod("root"));

        ManagedSshAlgorithms.Prefer(connection.HostKeyAlgorithms, new HashSet<string> { known });

        Assert.Equal(first, connection.HostKeyAlgorithms.Keys.First());
        Assert.Contains("ssh-ed25519", connection.HostKeyAlgorithms.Keys);
        Assert.DoesNotContain(connection.HostKeyAlgorithms.Keys, name => name.Contains("-cert-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ed25519", "RFC4716")]
    [InlineData("ecdsa", "PKCS8")]
    [InlineData("rsa", "PEM")]
    public void Keys_made_by_ssh_keygen_are_read_from_a_file_and_from_cluster_yml(string type, string format)
    {
        _keygen.Run("-q", "-t", type, "-N", "", "-m", format, "-f", _keygen.PathOf("key"));

        Assert.Single(ManagedSshKeys.Read(Node(new SshLogin { KeyPath = _keygen.PathOf("key") })));
        Assert.Single(ManagedSshKeys.Read(Node(new SshLogin { Key = new Secret(File.ReadAllText(_keygen.PathOf("key"))) })));
    }

    [Fact]
    public void A_certificate_beside_the_key_is_offered_with_it()
    {
        _keygen.CreateKey("ed25519");
        _keygen.CreateKey("ed25519", "authority");
        _keygen.Run("-q", "-s", _keygen.PathOf("authority"), "-I", "test", "-n", "root", _keygen.PathOf("key.pub"));

        PrivateKeyFile key = Assert.Single(ManagedSshKeys.Read(Node(new SshLogin { KeyPath = _keygen.PathOf("key") })));

        Assert.NotNull(key.Certificate);
    }

    [Theory]
    [InlineData("RFC4716")]
    [InlineData("PKCS8")]
    public void A_key_with_a_passphrase_is_told_apart(string format)
    {
        _keygen.Run("-q", "-t", "rsa", "-N", "secret", "-m", format, "-f", _keygen.PathOf("key"));

        KeyUnreadableException failure = Assert.Throws<KeyUnreadableException>(() => ManagedSshKeys.Read(Node(new SshLogin { KeyPath = _keygen.PathOf("key") })));

        Assert.Contains("passphrase", failure.Message);
    }

    [Fact]
    public void A_key_that_is_missing_or_none_or_open_to_others_is_an_error()
    {
        File.WriteAllText(_keygen.PathOf("text"), "no key");
        _keygen.CreateKey("ed25519");
        Assert.Throws<KeyUnreadableException>(() => ManagedSshKeys.Read(Node(new SshLogin { KeyPath = _keygen.PathOf("none") })));
        Assert.Throws<KeyUnreadableException>(() => ManagedSshKeys.Read(Node(new SshLogin { KeyPath = _keygen.PathOf("text") })));
        Assert.Throws<KeyUnreadableException>(() => ManagedSshKeys.Read(Node(new SshLogin { Key = new Secret("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----") })));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_keygen.PathOf("key"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
            Assert.Throws<KeyUnreadableException>(() => ManagedSshKeys.Read(Node(new SshLogin { KeyPath = _keygen.PathOf("key") })));
        }
    }

    [Fact]
    public void An_agent_is_an_error_that_names_the_other_transport()
    {
        AuthenticationFailedException failure = Assert.Throws<AuthenticationFailedException>(() => ManagedSshKeys.Read(Node(new SshLogin { UseAgent = true })));

        Assert.Contains("-Transport OpenSsh", failure.Advice);
    }

    [Fact]
    public async Task A_bastion_is_an_error_that_names_the_other_transport()
    {
        RkeNode node = Node(new SshLogin()) with { Bastion = new RkeBastion { Address = "10.0.0.9" } };

        NodeUnreachableException failure = await Assert.ThrowsAsync<NodeUnreachableException>(
            () => ManagedSshTransport.ConnectAsync(node, new HostOptions(), CancellationToken.None));

        Assert.Contains("-Transport OpenSsh", failure.Advice);
    }

    [Fact]
    public void The_ssh_program_is_looked_for_on_the_path()
    {
        Assert.True(SshProgramSearch.Finds("dotnet"));
        Assert.True(SshProgramSearch.Finds(Environment.ProcessPath!));
        Assert.False(SshProgramSearch.Finds("no-such-program"));
        Assert.False(SshProgramSearch.Finds(_keygen.PathOf("ssh")));
    }

    private static RkeNode Node(SshLogin login)
        => new() { ClusterName = "c", Name = "node1", Address = "10.0.0.1", InternalAddress = "10.0.0.1", Roles = NodeRoles.Etcd, User = "root", Login = login };
}
