using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Members;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.Schedules;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Readiness;

/// <summary>Everything that is checked on a host that was reached. A check that fails keeps only those that need it from being made.</summary>
internal sealed class HostExamination(
    SelectedNode selected, DockerEngine engine, NodeTestRequest request, TimeProvider time, NodeFindings findings, IProgress<HostEvent> story) : IAsyncDisposable
{
    private string? _image;
    private EtcdDeployment? _etcd;
    private EtcdMember? _member;
    private TimeSpan _clockOffset;
    private SnapshotsOnHost? _snapshots;
    private EtcdSnapshotSchedule? _schedule;

    private RkeNode Node => selected.Node;

    private DateTime HostTime => time.GetUtcNow().UtcDateTime + _clockOffset;

    /// <summary>Reaches the host.</summary>
    /// <returns>Null when that failed, which is then among the findings.</returns>
    public static async Task<HostExamination?> OpenAsync(
        SelectedNode selected, NodeTestRequest request, HostOptions options, TimeProvider time, NodeFindings findings, IProgress<HostEvent> story, CancellationToken cancellationToken)
        => await WayCheck.RunAsync(selected.Node, options, findings, cancellationToken).ConfigureAwait(false) is { } engine
            ? new HostExamination(selected, engine, request, time, findings, story)
            : null;

    /// <summary>Makes the checks, one after the other.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Task StepAsync(NodeCheckPoint point, Func<CancellationToken, Task> check) => AttemptAsync(point, check, cancellationToken);

        await StepAsync(NodeCheckPoint.Clock, CheckClockAsync).ConfigureAwait(false);
        await StepAsync(NodeCheckPoint.ToolsImage, FindToolsImageAsync).ConfigureAwait(false);
        if (!Node.Is(NodeRoles.Etcd))
        {
            return;
        }

        await StepAsync(NodeCheckPoint.EtcdContainer, FindEtcdAsync).ConfigureAwait(false);
        if (_etcd is { Running: true })
        {
            await StepAsync(NodeCheckPoint.EtcdMember, AskMemberAsync).ConfigureAwait(false);
        }

        if (_etcd is { } etcd)
        {
            await StepAsync(NodeCheckPoint.Certificates, token => CertificatesCheck.RunAsync(engine, etcd, HostTime, request.CertificateTime, findings, token)).ConfigureAwait(false);
        }

        await StepAsync(NodeCheckPoint.SaveLock, token => SaveLockCheck.RunAsync(engine, findings, token)).ConfigureAwait(false);
        if (_image is not null)
        {
            HostStore store = HostStore.On(selected, engine, _image);
            await StepAsync(NodeCheckPoint.NewestSnapshot, async token =>
                _snapshots = await SnapshotsOnHost.CheckAsync(store, request.MaxAge, HostTime, findings, story, token).ConfigureAwait(false)).ConfigureAwait(false);
            await StepAsync(NodeCheckPoint.Schedule, async token =>
                _schedule = await ScheduleCheck.RunAsync(store, selected.Cluster.Etcd, findings, story, token).ConfigureAwait(false)).ConfigureAwait(false);
            await StepAsync(NodeCheckPoint.SnapshotDisk, token =>
                new DiskCheck(store, selected.Cluster.Etcd, _schedule, findings).RunAsync(_member?.DbSize, _snapshots, _etcd?.HostDataFolder, token)).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => engine.DisposeAsync();

    private async Task AttemptAsync(NodeCheckPoint point, Func<CancellationToken, Task> check, CancellationToken cancellationToken)
    {
        findings.Current = point;
        story.Report(new HostProgress(Node.Name, "Testing", point.ToString()) { Host = Node });
        try
        {
            await check(cancellationToken).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException failure)
        {
            findings.Fail(point, failure);
        }
    }

    private async Task CheckClockAsync(CancellationToken cancellationToken)
    {
        _clockOffset = await ClockCheck.RunAsync(engine, time, request.ClockSkew, findings, cancellationToken).ConfigureAwait(false);
    }

    private async Task FindToolsImageAsync(CancellationToken cancellationToken)
    {
        _image = await ToolsImage.FindPresentAsync(engine, selected.Cluster, request.ToolsImage, cancellationToken).ConfigureAwait(false);
        if (_image is not null)
        {
            findings.Good(NodeCheckPoint.ToolsImage, $"It is there: {(_image.StartsWith("sha256:", StringComparison.Ordinal) ? _image[..19] : _image)}.");
        }
        else if ((request.ToolsImage ?? selected.Cluster.SystemImages.GetValueOrDefault("alpine")) is { } named)
        {
            await CheckRegistryAsync(ImageName.Complete(selected.Cluster, named), cancellationToken).ConfigureAwait(false);
        }
        else
        {
            findings.Fail(NodeCheckPoint.ToolsImage, new ImageMissingException(Node, "none of RKE's containers made from rke-tools is there, and cluster.yml names no such image"));
        }
    }

    // As a save would: it pulls what is missing.
    private async Task CheckRegistryAsync(string image, CancellationToken cancellationToken)
    {
        if (await ImagePull.FindRefusalAsync(engine, selected.Cluster, image, cancellationToken).ConfigureAwait(false) is not { } refusal)
        {
            findings.Warn(NodeCheckPoint.ToolsImage, $"{image} is not on the host. Its registry has it, and it is pulled when it is needed. What needs it was not checked.", "Pull it now with `docker pull` on the host, and test again.");
        }
        else if (Node.Is(NodeRoles.Etcd))
        {
            findings.Fail(NodeCheckPoint.ToolsImage, new ImageMissingException(Node, $"{image} is not there, and {refusal}"));
        }
        else
        {
            findings.Warn(NodeCheckPoint.ToolsImage, $"{image} is not on the host, and {refusal}.", "`docker pull` on the host shows whether its registry can be reached.");
        }
    }

    private async Task FindEtcdAsync(CancellationToken cancellationToken)
    {
        _etcd = await EtcdDeployment.FindAsync(engine, cancellationToken).ConfigureAwait(false);
        if (_etcd is not { Running: true, Inspected.State.Paused: false })
        {
            string cause = _etcd is null ? "there is no container etcd" : $"its container is {_etcd.Inspected.State?.Status ?? "in an unknown state"}, exit code {_etcd.Inspected.State?.ExitCode}";
            findings.Fail(NodeCheckPoint.EtcdContainer, new EtcdNotRunningException(Node, cause));
        }
        else if (_etcd.HostDataFolder is null)
        {
            findings.Warn(NodeCheckPoint.EtcdContainer, $"It runs, and its data folder {_etcd.DataFolder} is in no mount of the host: the data goes with the container.", "Mount a folder of the host there.");
        }
        else
        {
            findings.Good(NodeCheckPoint.EtcdContainer, $"It runs, with its data in {_etcd.HostDataFolder}.");
        }
    }

    private async Task AskMemberAsync(CancellationToken cancellationToken)
    {
        _member = await MemberQuery.RunAsync(engine, cancellationToken).ConfigureAwait(false);
        string what = $"etcd {_member.Version}{(_member.IsLeader == true ? ", the leader" : "")}, database {ByteCount.Text(_member.DbSize)}";
        if (!_member.Healthy)
        {
            findings.Fail(NodeCheckPoint.EtcdMember, new EtcdUnhealthyException(Node, _member.Errors.Count > 0 ? _member.Errors.ToString() : "a read that needs the quorum does not go through it"));
        }
        else if (_member.Alarms.Count > 0)
        {
            findings.Fail(
                NodeCheckPoint.EtcdMember, $"{what}, has the alarm {_member.Alarms}.", "NOSPACE: compact and defragment, then `etcdctl alarm disarm`. CORRUPT: restore that member from the others.", "EtcdUnhealthy");
        }
        else
        {
            findings.Good(NodeCheckPoint.EtcdMember, $"Healthy: {what}.");
        }
    }
}
