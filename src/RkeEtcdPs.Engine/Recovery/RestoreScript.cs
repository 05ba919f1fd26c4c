using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>The containers in which a restore works on a host.</summary>
internal static class RestoreScript
{
    /// <summary>RKE's name for the container that restores: with it, RKE and this module exclude each other.</summary>
    public const string Container = "etcd-restore";

    /// <summary>The container in which etcd's own tool runs.</summary>
    public const string StageContainer = "etcd-restore-stage";

    /// <summary>RKE's name for the container that links a log.</summary>
    public const string LogLinkContainer = "rke-log-linker";

    /// <summary>What the name of a container that only looks begins with; its end is its own, so that it is in nobody's way.</summary>
    public const string LookContainer = "etcd-restore-look";

    /// <summary>The folder in etcd's data folder where all restores keep what is theirs.</summary>
    public const string Folder = ".etcdsnapshot";

    /// <summary>Where a zip is unpacked: a volume of Docker's, gone with the container that is the lock.</summary>
    private const string Unpacked = "/unpacked";

    /// <summary>Where the folder of a host's certificates is seen.</summary>
    public const string Certificates = "/certificates";

    private const int LeaseSeconds = 60;

    private static readonly Lazy<string> Text = new(() => EmbeddedScript.Read("restore-snapshot.sh"));

    /// <summary>The container that is the lock and in which the steps run.</summary>
    /// <param name="image">The rke-tools image.</param>
    /// <param name="hostDataFolder">The folder of etcd's data on the host.</param>
    /// <param name="hostCertificateFolder">The folder of etcd's certificates on the host; null when nothing is done with them.</param>
    public static HelperContainerSpec Describe(string image, string hostDataFolder, string? hostCertificateFolder = null) => new()
    {
        Name = Container,
        Image = image,
        Entrypoint = [.. Words("hold")],
        Arguments = [$"{LeaseSeconds}"],
        Binds =
        [
            $"{hostDataFolder}:/data",
            $"{SnapshotFolder.Path}:{SnapshotFolder.Mounted}:ro",
            .. hostCertificateFolder is null ? Array.Empty<string>() : [$"{hostCertificateFolder}:{Certificates}"],
        ],
        Volumes = [Unpacked],
        Leased = true,
    };

    /// <summary>A container that keeps saves away: it has the name that a save would take, and is never started.</summary>
    public static HelperContainerSpec DescribeSaveLock(string image) => new()
    {
        Name = SnapshotFolder.SaveContainer,
        Image = image,
        // Whoever starts it all the same must not think that it has saved.
        Entrypoint = ["sh", "-c", "exit 1"],
        Leased = true,
        // Whoever made such a one held the host for a restore before, and now we do.
        TakesOverLeased = true,
    };

    /// <summary>A container in which a program of the etcd image runs; newer ones have no shell.</summary>
    /// <param name="image">The etcd image.</param>
    /// <param name="holder">The container that is the lock: what it sees is seen here too.</param>
    /// <param name="command">The program and its arguments.</param>
    public static HelperContainerSpec DescribeTool(string image, HelperContainer holder, IReadOnlyList<string> command) => new()
    {
        Name = StageContainer,
        Image = image,
        Entrypoint = [command[0]],
        Arguments = [.. command.Skip(1)],
        VolumesFrom = holder,
        // One thread: the others are left to etcd, which serves meanwhile.
        Environment = ["ETCDCTL_API=3", "GOMAXPROCS=1", "GOGC=400"],
        GivesWay = true,
        Leased = true,
        // The host is ours, so it is left of one who has lost it.
        TakesOverLeased = true,
    };

    /// <summary>The command of a step.</summary>
    public static IEnumerable<string> Words(string verb) => ["sh", "-c", Text.Value, "restore-snapshot", verb];
}
