using RkeEtcdPs.Lab.Machine;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.NewHosts;

/// <summary>Where keys must not be.</summary>
internal static class Secrecy
{
    private const string Marker = "PRIVATE KEY";

    /// <summary>A line of a key in PEM, by which it is known wherever it comes.</summary>
    public static string LineOf(string pem) => pem.Split('\n')[2];

    /// <summary>Fails when a key is in the labels, environment or command of a container of a host, or in its log; gives how many there were.</summary>
    public static async Task<int> AssertNotInContainersAsync(LabHost host, params string[] lines)
    {
        string[] containers = (await host.DockerAsync("ps", "-aq")).OrThrow().StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (string container in containers)
        {
            CommandResult described = await host.DockerAsync("inspect", container);
            CommandResult log = await host.DockerAsync("logs", container);
            foreach (string line in lines.Append(Marker))
            {
                Assert.DoesNotContain(line, described.StandardOutput);
                Assert.DoesNotContain(line, log.StandardOutput + log.StandardError);
            }
        }

        return containers.Length;
    }

    /// <summary>Fails when a key is in a file of the client.</summary>
    public static void AssertNotOnClient(Lab lab, params string[] lines)
    {
        // With them the folder for temporary files.
        IEnumerable<string> folders = Directory.EnumerateDirectories(lab.Folder.Root).Where(folder => Path.GetFileName(folder) != "hosts");
        string[] files =
        [
            .. Directory.EnumerateFiles(lab.Folder.Root).Where(file => !file.EndsWith(".tar", StringComparison.Ordinal)),
            .. folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)),
        ];
        Assert.NotEmpty(files);
        // Sockets cannot be read.
        foreach (string file in files.Where(file => !file.EndsWith(".sock", StringComparison.Ordinal)))
        {
            string text = File.ReadAllText(file);
            Assert.All(lines, line => Assert.DoesNotContain(line, text));
        }
    }
}
