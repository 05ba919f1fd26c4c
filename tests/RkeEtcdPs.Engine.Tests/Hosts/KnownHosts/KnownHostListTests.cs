using FsCheck.Xunit;
using RkeEtcdPs.Engine.Hosts.KnownHosts;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Hosts.KnownHosts;

public sealed class KnownHostListTests : IDisposable
{
    private readonly SshKeygen _keygen = new();
    private readonly HostKey _key;
    private readonly HostKey _other;

    public KnownHostListTests()
    {
        _key = _keygen.CreateKey("ed25519");
        _other = _keygen.CreateKey("ed25519", "other");
    }

    public void Dispose() => _keygen.Dispose();

    [Theory]
    [InlineData("ed25519")]
    [InlineData("ecdsa")]
    [InlineData("rsa")]
    public void Fingerprint_is_the_one_that_ssh_keygen_prints(string type)
    {
        HostKey key = _keygen.CreateKey(type, type);

        Assert.Contains(key.Fingerprint.Split(' ')[1], _keygen.Run("-l", "-f", _keygen.PathOf(type + ".pub")).Split(' '));
        Assert.StartsWith(key.Type, File.ReadAllText(_keygen.PathOf(type + ".pub")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", 22, true)]
    [InlineData("10.0.0.1", "10.0.0.2", 22, false)]
    [InlineData("10.0.0.1", "10.0.0.1", 2222, true)]
    [InlineData("[10.0.0.1]:2222", "10.0.0.1", 2222, true)]
    [InlineData("[10.0.0.1]:2222", "10.0.0.1", 22, false)]
    [InlineData("[10.0.0.1]:2222", "10.0.0.1", 2223, false)]
    [InlineData("Node1,10.0.0.1", "NODE1", 22, true)]
    [InlineData("*.example.com", "a.b.example.com", 22, true)]
    [InlineData("*.example.com", "example.com", 22, false)]
    [InlineData("node?", "node1", 22, true)]
    [InlineData("node?", "node", 22, false)]
    [InlineData("*,!node1", "node1", 22, false)]
    [InlineData("!node1,*", "node1", 22, false)]
    [InlineData("!node1,*", "node2", 22, true)]
    [InlineData("!node1", "node2", 22, false)]
    [InlineData("[*.example.com]:22??", "a.example.com", 2222, true)]
    [InlineData("*", "anything", 2222, true)]
    [InlineData("fe80::1", "FE80::1", 22, true)]
    public void Names_stand_for_hosts_as_in_ssh(string names, string address, int port, bool known)
        => Assert.Equal(known ? HostKeyVerdict.Known : HostKeyVerdict.Unknown, List($"{names} {_key.Type} {_key.Base64} a comment").Check(address, port, _key));

    [Theory]
    [InlineData("node1", 22)]
    [InlineData("node1", 2222)]
    public void Names_hashed_by_ssh_keygen_are_found(string address, int port)
    {
        string[] lines = _keygen.Hash($"{HostNames.Name(address, port)} {_key.Type} {_key.Base64}");

        Assert.StartsWith("|1|", Assert.Single(lines), StringComparison.Ordinal);
        Assert.Equal(HostKeyVerdict.Known, List(lines).Check(address, port, _key));
        Assert.Equal(HostKeyVerdict.Changed, List(lines).Check(address, port, _other));
        Assert.Equal(HostKeyVerdict.Unknown, List(lines).Check("node2", port, _key));
    }

    [Fact]
    public void Another_key_is_a_changed_one()
    {
        Assert.Equal(HostKeyVerdict.Changed, List(Line("node1", _other)).Check("node1", 22, _key));
        Assert.Equal(HostKeyVerdict.Known, List(Line("node1", _other), Line("node1", _key)).Check("node1", 22, _key));
    }

    [Fact]
    public void A_host_known_under_other_types_only_has_changed_and_says_which_to_ask_for()
    {
        HostKey rsa = _keygen.CreateKey("rsa", "rsa");
        KnownHostList list = List(Line("node1", rsa));

        Assert.Equal(HostKeyVerdict.Changed, list.Check("node1", 22, _key));
        Assert.Equal(["ssh-rsa"], list.TypesOf("node1", 22));
        Assert.Equal(["ssh-rsa"], list.TypesOf("node1", 2222));
        Assert.Empty(list.TypesOf("node2", 22));
    }

    [Fact]
    public void A_key_of_the_host_at_another_port_is_not_a_changed_one()
        => Assert.Equal(HostKeyVerdict.Unknown, List(Line("node1", _other)).Check("node1", 2222, _key));

    [Fact]
    public void A_revoked_key_is_never_good()
    {
        KnownHostList list = List(Line("node1", _key), "@revoked " + Line("*", _key));

        Assert.Equal(HostKeyVerdict.Revoked, list.Check("node1", 22, _key));
        Assert.Equal(HostKeyVerdict.Unknown, list.Check("node2", 22, _other));
    }

    [Fact]
    public void Comments_authorities_and_what_is_not_understood_are_passed_over()
    {
        string[] lines =
        [
            "", "   ", "# " + Line("node1", _key), "@cert-authority " + Line("node1", _key), "@unheard-of " + Line("node1", _key),
            "node1", "node1 ssh-ed25519", "node1 ssh-ed25519 not-base64!", "node1 ssh-ed25519 AAAA", $"node1 ssh-rsa {_key.Base64}",
            $"node1 ssh-ed25519 {Convert.ToBase64String([255, 255, 255, 255, 1])}", $"|1|x|y ssh-ed25519 {_key.Base64}",
            $"|1| ssh-ed25519 {_key.Base64}", $"|1|AAAA|AAAA|AAAA ssh-ed25519 {_key.Base64}", $"{new string('n', 70_000)} {_key.Type} {_key.Base64}",
        ];

        Assert.Equal(HostKeyVerdict.Unknown, List(lines).Check("node1", 22, _key));
        Assert.Equal(HostKeyVerdict.Known, List([.. lines, "\t" + Line("node1", _key).Replace(" ", " \t ", StringComparison.Ordinal) + "\r"]).Check("node1", 22, _key));
    }

    [Fact]
    public void A_pattern_full_of_stars_takes_no_time()
    {
        string stars = string.Concat(Enumerable.Repeat("*a", 10_000));

        Assert.False(new HostNames(stars + "b").Match(new string('a', 5_000)));
    }

    [Property]
    public void No_line_does_harm(string? line)
        => Assert.Equal(HostKeyVerdict.Unknown, List(line ?? "", $"{line} {line} {line}").Check("node1", 22, _key));

    private static string Line(string names, HostKey key) => $"{names} {key.Type} {key.Base64}";

    private static KnownHostList List(params string[] lines) => KnownHostList.Parse(lines);
}
