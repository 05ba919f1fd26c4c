using System.Diagnostics;
using RkeEtcdPs.Engine.Hosts.KnownHosts;

namespace RkeEtcdPs.Engine.Tests.Hosts;

/// <summary>The real ssh-keygen, in a folder of its own.</summary>
internal sealed class SshKeygen : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keygen");

    public void Dispose() => _folder.Delete(recursive: true);

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Makes a key pair.</summary>
    /// <returns>The public key.</returns>
    public HostKey CreateKey(string type, string name = "key")
    {
        Run("-q", "-t", type, "-N", "", "-f", PathOf(name));
        return HostKey.TryParse(File.ReadAllText(PathOf(name + ".pub")).Split(' ')[1])!;
    }

    /// <summary>Hashes the names in lines of known_hosts.</summary>
    public string[] Hash(params string[] lines)
    {
        File.WriteAllLines(PathOf("known_hosts"), lines);
        Run("-q", "-H", "-f", PathOf("known_hosts"));
        return File.ReadAllLines(PathOf("known_hosts"));
    }

    public string Run(params string[] arguments)
    {
        ProcessStartInfo start = new("ssh-keygen", arguments)
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
