using System.Diagnostics;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;
using Xunit;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>The ways to log in that cluster.yml and the user's ssh give.</summary>
public sealed class LoginTests(LabFixture fixture) : ProductTest(fixture)
{
    private RkeNode Node => Product.Cluster.Nodes[0];

    [SkippableFact]
    public async Task Inline_key_logs_in_and_its_file_is_gone_afterwards()
    {
        string key = await File.ReadAllTextAsync(Lab.Folder.ClientKey);

        await AssertLogsInAsync(Node with { Login = new SshLogin { Key = new Secret(key) } });
    }

    [SkippableFact]
    public async Task Folder_for_temporary_files_may_have_a_path_too_long_for_a_socket()
    {
        string usual = Environment.GetEnvironmentVariable("TMPDIR")!;
        Environment.SetEnvironmentVariable("TMPDIR", Directory.CreateDirectory(Path.Combine(usual, new string('d', 90))).FullName);
        try
        {
            await AssertLogsInAsync(Node);
        }
        finally
        {
            Environment.SetEnvironmentVariable("TMPDIR", usual);
        }
    }

    [SkippableFact]
    public async Task Key_in_an_agent_logs_in()
    {
        string socket = Path.Combine(Path.GetTempPath(), "agent.sock");
        using Process agent = Process.Start(new ProcessStartInfo("ssh-agent", ["-D", "-a", socket]) { RedirectStandardOutput = true })!;
        try
        {
            for (int look = 0; look < 100 && !File.Exists(socket); look++)
            {
                await Task.Delay(50);
            }

            Environment.SetEnvironmentVariable("SSH_AUTH_SOCK", socket);
            using Process add = Process.Start(new ProcessStartInfo("ssh-add", ["-q", Lab.Folder.ClientKey]))!;
            await add.WaitForExitAsync();
            string config = WriteConfig($"UserKnownHostsFile {Lab.Folder.KnownHosts}\nIdentityFile /dev/null\n");

            await AssertLogsInAsync(Node with { Login = new SshLogin { UseAgent = true } }, new HostOptions { SshConfigPath = config });
        }
        finally
        {
            Environment.SetEnvironmentVariable("SSH_AUTH_SOCK", null);
            agent.Kill();
            await agent.WaitForExitAsync();
        }
    }

    [SkippableFact]
    public async Task Key_with_a_passphrase_and_no_agent_is_said_to_need_one()
    {
        string key = Path.Combine(Path.GetTempPath(), "locked");
        File.Copy(Lab.Folder.ClientKey, key, overwrite: true);
        using Process keygen = Process.Start(new ProcessStartInfo("ssh-keygen", ["-q", "-p", "-N", "secret-marker", "-f", key]) { RedirectStandardOutput = true })!;
        await keygen.WaitForExitAsync();

        KeyUnreadableException failure = await Assert.ThrowsAsync<KeyUnreadableException>(
            () => DockerEngine.ConnectAsync(Node with { Login = new SshLogin { KeyPath = key } }, OnlyKnownHosts(), CancellationToken.None));

        Assert.Contains("passphrase", failure.Message);
        Assert.Contains("ssh-add", failure.Advice);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task Key_that_the_host_does_not_know_is_a_refused_login()
    {
        string key = Path.Combine(Path.GetTempPath(), "stranger");
        File.Delete(key);
        using Process keygen = Process.Start(new ProcessStartInfo("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]))!;
        await keygen.WaitForExitAsync();

        await Assert.ThrowsAsync<AuthenticationFailedException>(
            () => DockerEngine.ConnectAsync(Node with { Login = new SshLogin { KeyPath = key } }, OnlyKnownHosts(), CancellationToken.None));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task New_host_key_is_accepted_once_on_request_and_known_from_then_on()
    {
        string known = Path.Combine(Path.GetTempPath(), "known_hosts");
        File.Delete(known);
        string config = WriteConfig($"UserKnownHostsFile {known}\nGlobalKnownHostsFile /dev/null\n");

        await Assert.ThrowsAsync<HostKeyUnknownException>(() => DockerEngine.ConnectAsync(Node, new HostOptions { SshConfigPath = config }, CancellationToken.None));
        await AssertLogsInAsync(Node, new HostOptions { SshConfigPath = config, AcceptNewHostKey = true });
        await AssertLogsInAsync(Node, new HostOptions { SshConfigPath = config });
        await Lab.Hosts[0].ChangeHostKeyAsync();
        await Assert.ThrowsAsync<HostKeyChangedException>(
            () => DockerEngine.ConnectAsync(Node, new HostOptions { SshConfigPath = config, AcceptNewHostKey = true }, CancellationToken.None));
    }

    [SkippableFact]
    public async Task Engine_of_this_machine_needs_no_ssh()
    {
        RkeNode local = Node with { Address = "localhost", User = null, DockerSocket = Lab.Hosts[0].DockerSocket };

        await using DockerEngine engine = await DockerEngine.ConnectAsync(local, new HostOptions { SshProgram = "/nonexistent" }, CancellationToken.None);

        Assert.StartsWith("the local socket", engine.Way, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Missing_ssh_client_is_said_to_be_missing()
    {
        NodeUnreachableException failure = await Assert.ThrowsAsync<NodeUnreachableException>(
            () => DockerEngine.ConnectAsync(Node, new HostOptions { SshProgram = "/nonexistent", Transport = SshTransport.OpenSsh }, CancellationToken.None));

        Assert.Contains("Install the OpenSSH client", failure.Advice);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task Socket_that_is_not_there_is_not_taken_for_a_missing_host()
    {
        await Assert.ThrowsAsync<DockerUnavailableException>(
            () => DockerEngine.ConnectAsync(Node with { DockerSocket = "/run/nothing.sock" }, Product.Options, CancellationToken.None));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task User_and_address_that_look_like_options_are_no_options()
    {
        string marker = Path.Combine(Path.GetTempPath(), "executed");
        RkeNode hostile = Node with { User = $"-oProxyCommand=touch {marker}", Address = $"-oProxyCommand=touch {marker}" };

        await Assert.ThrowsAnyAsync<Engine.Errors.EtcdSnapshotException>(() => DockerEngine.ConnectAsync(hostile, Product.Options, CancellationToken.None));

        Assert.False(File.Exists(marker));
    }

    private async Task AssertLogsInAsync(RkeNode node, HostOptions? options = null)
    {
        await using (DockerEngine engine = await DockerEngine.ConnectAsync(node, options ?? Product.Options, CancellationToken.None))
        {
            Assert.EndsWith("forwarded by ssh", engine.Way, StringComparison.Ordinal);
        }

        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    // The lab's own ssh_config also names the key that opens every host.
    private HostOptions OnlyKnownHosts() => new() { SshConfigPath = WriteConfig($"UserKnownHostsFile {Lab.Folder.KnownHosts}\n") };

    private static string WriteConfig(string text)
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(path, text);
        return path;
    }
}
