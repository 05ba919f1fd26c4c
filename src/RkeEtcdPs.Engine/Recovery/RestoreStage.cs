using System.Globalization;
using System.Security.Cryptography;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery.NewHosts;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Makes the new data on every host while the old cluster serves. When it fails, nothing has changed and nothing stays.</summary>
internal sealed class RestoreStage(RestoreSession session, RestorePreflight preflight, HostOptions options)
{
    private string Operation => session.Request.Operation;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (preflight.Copies.Missing.Count > 0)
            {
                await preflight.Copies.DistributeAsync(options, cancellationToken).ConfigureAwait(false);
            }

            HostCopy copy = preflight.Copies.Chosen!;
            // Raised on all members or on none: otherwise they would not be one cluster.
            long bump = session.Members.All(host => preflight.Tools[host].Bumps)
                ? RestoreTool.BumpOver(copy.Revision, preflight.Members.Revision, session.Members.SelectMany(host => host.Look.Operations).Select(earlier => earlier.Revision))
                : 0;
            long revision = copy.Revision + bump;
            string token = $"etcdsnapshot-{Operation}-{Convert.ToHexString(RandomNumberGenerator.GetBytes(16)).ToLowerInvariant()}";
            await session.StepAsync(RestoreStep.Begin, session.Members, (host, stop) => host.RunAsync("begin", Record(host, copy, revision), stop), cancellationToken).ConfigureAwait(false);
            if (session.Members.Any(host => host.NewCertificates.Count > 0))
            {
                await session.StepAsync(
                    RestoreStep.Certify,
                    session.Members.Where(host => host.NewCertificates.Count > 0),
                    (host, stop) => CertificateIssue.RunAsync(host, preflight.Certificates.Authority!, Operation, stop),
                    cancellationToken).ConfigureAwait(false);
            }

            await session.StepAsync(RestoreStep.HoldSchedule, session.Members, (host, stop) => RestoreSchedule.HoldAsync(host, Operation, stop), cancellationToken).ConfigureAwait(false);
            await session.StepAsync(RestoreStep.Stage, session.Members, (host, stop) => StageAsync(host, session.InitialCluster, token, bump, stop), cancellationToken).ConfigureAwait(false);
            await session.StepAsync(RestoreStep.Settle, session.Members, (host, stop) => SettleAsync(host, revision, stop), cancellationToken).ConfigureAwait(false);
            await Task.WhenAll(session.Members.Select(host => host.LookAsync(cancellationToken))).ConfigureAwait(false);
        }
        catch
        {
            await DiscardAsync(CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Removes what was staged on hosts that can be reached; on others it is removed by the next restore.</summary>
    public Task DiscardAsync(CancellationToken cancellationToken) => Task.WhenAll(session.Members.Select(async host =>
    {
        try
        {
            await host.ReviveAsync(host.DataFolder, cancellationToken).ConfigureAwait(false);
            await RestoreSchedule.ReleaseAsync(session, host, Operation, cancellationToken).ConfigureAwait(false);
            await host.RunAsync("unstage", cancellationToken, Operation).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException failure)
        {
            session.Story.Report(new HostWarning(host.Node.Name, $"What was staged for the restore {Operation} may still be there; the next restore removes it. {failure.Message}"));
        }
    }));

    private async Task StageAsync(RestoreHost host, string cluster, string token, long bump, CancellationToken cancellationToken)
    {
        string image = await host.Images.FindEtcdAsync(host, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> command = preflight.Tools[host].Restore(Operation, preflight.Copies.Held[host].Path!, host.MemberName, host.PeerUrls, cluster, token, bump);
        ProgramResult result = await host.RunToolAsync(image, command, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            string said = (result.Error + "\n" + result.Output).Split('\n').LastOrDefault(line => line.Trim().Length > 0) ?? $"exit code {result.ExitCode}";
            throw said.Contains("no space left", StringComparison.OrdinalIgnoreCase)
                ? new NotEnoughDiskException(host.Node, $"{host.DataFolder} became full while the new data was made")
                : new RestoreStepFailedException(host.Node, "etcd's restore", said);
        }
    }

    private async Task SettleAsync(RestoreHost host, long revision, CancellationToken cancellationToken)
    {
        HostCopy copy = preflight.Copies.Held[host];
        string[] proof = preflight.Tools[host].SkipsHash ? [copy.Path!, copy.Hash] : [];
        string[] lines = await host.RunAsync("settle", cancellationToken, [Operation, .. proof]).ConfigureAwait(false);
        (long staged, _) = SnapshotCopies.ReadStatus(host, lines);
        if (staged != revision)
        {
            throw new RestoreStepFailedException(host.Node, "The check of the new data", string.Create(CultureInfo.InvariantCulture, $"its revision is {staged} and should be {revision}"));
        }
    }

    private string[] Record(RestoreHost host, HostCopy copy, long revision) =>
    [
        Operation,
        RestoreRecord.PhaseLine(RestorePhase.Staging),
        $"cluster={new string([.. session.Cluster.Name.Where(letter => !char.IsControl(letter))])}",
        $"snapshot={session.Request.Name}",
        $"hash={copy.Hash}",
        string.Create(CultureInfo.InvariantCulture, $"revision={revision}"),
        $"members={string.Join(',', session.Members.Select(member => member.Node.Name))}",
        $"apiservers={string.Join(',', preflight.ApiServers)}",
        $"revived={string.Join(',', preflight.Revived)}",
        $"started={DateTime.UtcNow:O}",
        $"restart={EarlierRestores.RestartPolicyOf(host)}",
        .. host is { Etcd: null, Planned.Owner: var (user, group) } ? new[] { FormattableString.Invariant($"owner={user}:{group}") } : [],
        $"ran={(host.Etcd is { Inspected.State.Running: true } ? "yes" : "no")}",
        $"container={(host.Etcd is null ? "created" : "kept")}",
        $"served={(preflight.Members.Serves(host) ? "yes" : "no")}",
        $"old={(host.Look.Data is null ? "none" : "member")}",
        $"oldcluster={preflight.Members.ClusterId}",
    ];
}
