using System.Text.Json;
using RkeEtcdPs.Lab.Machine;

namespace RkeEtcdPs.Lab.State;

/// <summary>The state folder of a lab and what lies where in it.</summary>
/// <param name="root">Its full path.</param>
public sealed class LabFolder(string root)
{
    /// <summary>How names of folders, links and cgroups of every lab begin.</summary>
    internal const string Prefix = "essl-";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>Where labs are kept: one place, so that any run can sweep what another left, and a short one, since sockets lie there.</summary>
    internal const string Parent = "/tmp";

    /// <summary>Where the command line keeps its lab unless told otherwise.</summary>
    public static string Default => Path.Combine(Parent, "etcdsnapshot-lab");

    /// <summary>The full path.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>Ready to use.</summary>
    public string ClusterYml => Path.Combine(Root, "cluster.yml");

    /// <summary>The host keys, in the format of OpenSSH.</summary>
    public string KnownHosts => Path.Combine(Root, "known_hosts");

    /// <summary>The private key that logs in everywhere; the public one beside it ends in <c>.pub</c>.</summary>
    public string ClientKey => Path.Combine(Root, "id_ed25519");

    /// <summary>For <c>ssh -F</c>.</summary>
    public string SshConfig => Path.Combine(Root, "ssh_config");

    /// <summary>The description of the running lab.</summary>
    public string LabJson => Path.Combine(Root, "lab.json");

    /// <summary>What the start of a namespace logged, for messages.</summary>
    internal string SwitchFolder => Path.Combine(Root, "switch");

    /// <summary>The images, as <c>docker load</c> takes them.</summary>
    internal string Images => Path.Combine(Root, "images.tar");

    /// <summary>The environment entry that every process of this lab carries.</summary>
    internal string Marker => $"ESSL_LAB={Root}";

    private string ClaimFile => Path.Combine(Root, "claim.json");

    /// <summary>The folder of one host.</summary>
    internal string OfHost(string name) => Path.Combine(Root, "hosts", name);

    /// <summary>The description; null when no lab was completed here.</summary>
    public LabDescription? ReadDescription() => Read<LabDescription>(LabJson);

    internal void Write(LabDescription description) => Write(LabJson, description);

    /// <summary>The claim; null when this is no state folder.</summary>
    internal LabClaim? ReadClaim() => Read<LabClaim>(ClaimFile);

    internal void Write(LabClaim claim) => Write(ClaimFile, claim);

    /// <summary>Makes the folder, for root alone.</summary>
    /// <exception cref="LabException">Something else is there.</exception>
    internal void Create(bool detached)
    {
        if (Directory.Exists(Root) && Directory.EnumerateFileSystemEntries(Root).Any())
        {
            throw new LabException($"{Root} exists and is not the folder of a lab");
        }

        if (Directory.Exists(Root))
        {
            // Whoever made it may be able to look into it.
            Directory.Delete(Root);
        }

        Directory.CreateDirectory(Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Write(new LabClaim(ProcessMark.Of(Environment.ProcessId)!, detached));
    }

    private static T? Read<T>(string path)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static void Write<T>(string path, T value)
    {
        // Complete or not at all: whoever comes after a crash believes what is here.
        File.WriteAllText(path + ".new", JsonSerializer.Serialize(value, Json));
        File.Move(path + ".new", path, overwrite: true);
    }
}
