using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Members;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Schedules;

/// <summary>The container of the recurring snapshot service.</summary>
internal static class ScheduleContainer
{
    /// <summary>RKE's name for it: RKE's service and this one are never on a host together, and either can take over from the other.</summary>
    public const string Name = "etcd-rolling-snapshots";

    /// <summary>The name of one that is about to take the place of another.</summary>
    public const string NextName = Name + "-next";

    /// <summary>The name of one whose place is being taken.</summary>
    public const string PreviousName = Name + "-previous";

    /// <summary>The label of ours; its value is the hash of all that makes it what it is.</summary>
    public const string ScheduleLabel = "io.etcdsnapshot.schedule";

    /// <summary>What the snapshot service calls itself.</summary>
    public const string ScriptName = "schedule-snapshots";

    private const string CreationLabel = ScheduleLabel + ".creation";
    private const string RetentionLabel = ScheduleLabel + ".retention";
    private const string KeepLabel = ScheduleLabel + ".keep";
    private const string OffsetLabel = ScheduleLabel + ".offset";

    private const string LogSize = "1m";

    private static readonly Lazy<string> Script = new(() => EmbeddedScript.Read("schedule-snapshots.sh"));

    /// <summary>The command with which its script is run.</summary>
    public static IReadOnlyList<string> Entrypoint => ["sh", "-c", Script.Value, ScriptName];

    /// <summary>The container of a plan, under the name of one that is about to take its place. It does not start by itself yet.</summary>
    /// <param name="image">The rke-tools image.</param>
    /// <param name="etcd">The member to save from.</param>
    /// <param name="plan">The values.</param>
    public static CreateContainerParameters Describe(string image, EtcdContainer etcd, SchedulePlan plan)
    {
        string[] arguments = ["run", Seconds(plan.Creation), Seconds(plan.Retention), plan.KeepAtLeast.ToString(CultureInfo.InvariantCulture), Seconds(plan.Offset), plan.SafeTimestamp ? "-" : ":"];
        string[] binds = [$"{SnapshotFolder.Path}:{SnapshotFolder.Mounted}", $"{etcd.HostKubernetesFolder}:/etc/kubernetes:ro"];
        string all = string.Join('\0', [image, .. Entrypoint, .. arguments, .. binds, .. etcd.EtcdctlEnvironment]);
        return new CreateContainerParameters
        {
            Name = NextName,
            Image = image,
            Entrypoint = [.. Entrypoint],
            Cmd = arguments,
            Env = [.. etcd.EtcdctlEnvironment],
            Labels = new Dictionary<string, string>
            {
                // As RKE marks what it deploys.
                ["io.rancher.rke.container.name"] = Name,
                [ScheduleLabel] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(all))).ToLowerInvariant(),
                [CreationLabel] = Seconds(plan.Creation),
                [RetentionLabel] = Seconds(plan.Retention),
                [KeepLabel] = plan.KeepAtLeast.ToString(CultureInfo.InvariantCulture),
                [OffsetLabel] = Seconds(plan.Offset),
            },
            HostConfig = new HostConfig
            {
                Binds = binds,
                // Memory, so that a full disk is told as such.
                Tmpfs = new Dictionary<string, string> { ["/tmp"] = "size=4m" },
                // To reach etcd on the host's own address.
                NetworkMode = "host",
                RestartPolicy = new RestartPolicy { Name = RestartPolicyKind.No },
                // See HelperContainer.
                SecurityOpt = ["no-new-privileges", "label=disable"],
                LogConfig = new LogConfig { Type = "json-file", Config = new Dictionary<string, string> { ["max-size"] = LogSize, ["max-file"] = "2" } },
            },
        };
    }

    /// <summary>Whether it is one of ours.</summary>
    public static bool IsOurs(ContainerInspectResponse container) => Label(container, ScheduleLabel) is not null;

    /// <summary>Whether one is as it is to be.</summary>
    public static bool IsSame(ContainerInspectResponse container, CreateContainerParameters wanted)
        => Label(container, ScheduleLabel) is { } hash && hash == wanted.Labels[ScheduleLabel];

    /// <summary>Whether the engine starts it by itself.</summary>
    public static bool RestartsByItself(ContainerInspectResponse container)
        => container.HostConfig?.RestartPolicy?.Name is RestartPolicyKind.Always or RestartPolicyKind.UnlessStopped;

    /// <summary>What can be told of a service from its container alone.</summary>
    /// <param name="empty">The node, and no service.</param>
    /// <param name="container">The container; null when there is none.</param>
    public static EtcdSnapshotSchedule Read(EtcdSnapshotSchedule empty, ContainerInspectResponse? container)
    {
        if (container is null)
        {
            return empty;
        }

        EtcdSnapshotSchedule found = empty with
        {
            Enabled = true,
            Running = container.State is { Running: true, Restarting: false, Paused: false },
            RestartsByItself = RestartsByItself(container),
        };
        if (IsOurs(container))
        {
            return found with
            {
                ManagedBy = ScheduleOwner.EtcdSnapshot,
                Creation = Number(Label(container, CreationLabel)) is { } creation ? TimeSpan.FromSeconds(creation) : null,
                Retention = Number(Label(container, RetentionLabel)) is { } retention ? TimeSpan.FromSeconds(retention) : null,
                KeepAtLeast = Number(Label(container, KeepLabel)) is { } keep and <= int.MaxValue ? (int)keep : null,
                Offset = Number(Label(container, OffsetLabel)) is { } offset ? TimeSpan.FromSeconds(offset) : null,
            };
        }

        string[] words = [.. (container.Config?.Entrypoint ?? []).Concat(container.Config?.Cmd ?? []).OfType<string>()];
        return found with
        {
            ManagedBy = RkeCommand.IsService(words) ? ScheduleOwner.Rke : ScheduleOwner.Unknown,
            Creation = RkeCommand.Duration(words, "creation"),
            Retention = RkeCommand.Duration(words, "retention"),
        };
    }

    private static string? Label(ContainerInspectResponse container, string name) => container.Config?.Labels?.TryGetValue(name, out string? value) == true ? value : null;

    private static string Seconds(TimeSpan time) => ((long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    private static uint? Number(string? text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null;
}
