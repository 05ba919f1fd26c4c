using System.Diagnostics;
using RkeEtcdPs.Engine.Hosts;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Hosts;

public sealed class SshPrivateFolderTests
{
    [SkippableFact]
    public async Task Ssh_whose_client_died_before_it_recorded_it_ends_with_the_folder_and_no_other_does()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "elsewhere no command lines of processes can be read");
        string folder = Directory.CreateTempSubdirectory("etcdsnapshot-ssh-").FullName;
        using Process client = Start("cat");
        string record = ClientProcess.NameOf(client);
        client.StandardInput.Close();
        await client.WaitForExitAsync();
        await File.WriteAllTextAsync(Path.Combine(folder, "processes"), record + "\n");
        // A container beside this one may share the folder for temporary files, and has processes of its own.
        string elsewhere = Directory.CreateTempSubdirectory("etcdsnapshot-ssh-").FullName;
        await File.WriteAllTextAsync(Path.Combine(elsewhere, "processes"), $"elsewhere{record[record.IndexOf('/', StringComparison.Ordinal)..]}\n");
        using Process left = Start("sh", "-c", "read line", "sh", $"-L{folder}/d.sock:/var/run/docker.sock");
        using Process other = Start("sh", "-c", "read line", "sh", $"-L{folder}-other/d.sock:/var/run/docker.sock");
        using Process reader = Start("cat", "-", $"{folder}/processes");
        try
        {
            SshPrivateFolder.Sweep();

            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(20));
            await left.WaitForExitAsync(limit.Token);
            Assert.False(Directory.Exists(folder));
            Assert.False(other.HasExited || reader.HasExited);
            Assert.True(Directory.Exists(elsewhere));
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
            left.Kill();
            other.Kill();
            reader.Kill();
        }
    }

    private static Process Start(string program, params string[] arguments)
        => Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
}
