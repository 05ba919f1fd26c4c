using RkeEtcdPs.Engine.Hosts.KnownHosts;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Hosts.KnownHosts;

public sealed class KnownHostsFilesTests : IDisposable
{
    private readonly SshKeygen _keygen = new();

    public void Dispose() => _keygen.Dispose();

    [Theory]
    [InlineData("UserKnownHostsFile /a", "/a")]
    [InlineData("userknownhostsfile=/a", "/a")]
    [InlineData("  UserKnownHostsFile = \"/a b\" /c", "/a b", "/c")]
    [InlineData("UserKnownHostsFile none")]
    [InlineData("Host *\n  UserKnownHostsFile /a", "/a")]
    [InlineData("Match all\n  UserKnownHostsFile /a", "/a")]
    [InlineData("Host node1\n  UserKnownHostsFile /one\nHost *\n  UserKnownHostsFile /all\n  UserKnownHostsFile /later", "/all")]
    public void The_ssh_config_names_the_files(string config, params string[] files) => Assert.Equal(files, KnownHostsSetting.Find(config.Split('\n')));

    [Theory]
    [InlineData("")]
    [InlineData("# UserKnownHostsFile /a")]
    [InlineData("Host node1\n  UserKnownHostsFile /a")]
    [InlineData("Host * !node1\n  UserKnownHostsFile /a")]
    [InlineData("Match user root\n  UserKnownHostsFile /a")]
    [InlineData("GlobalKnownHostsFile /a")]
    public void What_does_not_hold_for_all_hosts_names_none(string config) => Assert.Null(KnownHostsSetting.Find(config.Split('\n')));

    [Fact]
    public void Without_an_ssh_config_they_are_those_of_the_user_and_the_system()
    {
        IReadOnlyList<string> paths = KnownHostsFiles.Find(null).Paths;

        Assert.Equal(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ssh", "known_hosts"), paths[0]);
        Assert.EndsWith("ssh_known_hosts", paths[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_knows_nothing()
        => Assert.Empty(new KnownHostsFiles([_keygen.PathOf("none")]).Read().TypesOf("node1", 22));

    [Fact]
    public void A_key_is_remembered_for_ssh_and_for_the_owner_alone()
    {
        HostKey key = _keygen.CreateKey("ed25519");
        string path = _keygen.PathOf("new/known_hosts");
        KnownHostsFiles files = new([path]);

        files.Remember("node1", 2222, key);

        Assert.Equal(HostKeyVerdict.Known, files.Read().Check("node1", 2222, key));
        Assert.Contains(key.Base64, _keygen.Run("-F", "[node1]:2222", "-f", path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_keygen.PathOf("new")));
        }
    }

    [Fact]
    public void A_last_line_without_end_is_ended_first()
    {
        HostKey key = _keygen.CreateKey("ed25519");
        string path = _keygen.PathOf("known_hosts");
        File.WriteAllText(path, $"node1 {key.Type} {key.Base64}");

        new KnownHostsFiles([path]).Remember("node2", 22, key);

        Assert.Equal([$"node1 {key.Type} {key.Base64}", $"node2 {key.Type} {key.Base64}"], File.ReadAllLines(path));
    }

    [Fact]
    public async Task Many_hosts_at_once_lose_no_line()
    {
        HostKey key = _keygen.CreateKey("ed25519");
        KnownHostsFiles files = new([_keygen.PathOf("known_hosts")]);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(n => Task.Run(() => files.Remember($"node{n}", 22, key))));

        Assert.Equal(Enumerable.Range(0, 40).Select(n => $"node{n}").Order(), File.ReadAllLines(files.Paths[0]).Select(line => line.Split(' ')[0]).Order());
    }

    [SkippableFact]
    public void Nothing_is_remembered_in_the_null_device()
    {
        Skip.If(OperatingSystem.IsWindows());

        new KnownHostsFiles(["/dev/null"]).Remember("node1", 22, _keygen.CreateKey("ed25519"));
    }
}
