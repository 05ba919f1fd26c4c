using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Members;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Schedules;

/// <summary>The recurring snapshot service of one host that was logged in to.</summary>
internal sealed class HostSchedule : IAsyncDisposable
{
    // A client that dies leaves it for no longer than this.
    private const string LockSeconds = "120";

    // A sleep that is the first process of a container takes no notice of a stop.
    private const string LockCommand = "trap 'exit 0' TERM; sleep \"$0\" & wait";

    // Of all restores, the records of those that have stopped half way.
    private const string UnfinishedCommand = $"grep -lE '^phase=(switching|undoing)$' /data/{RestoreScript.Folder}/*/record 2>/dev/null";

    private readonly HostStore _store;
    private readonly ScheduleRequest _request;
    private readonly IProgress<HostEvent> _story;
    private readonly ScheduleSwap _swap;

    /// <summary>What has been changed by now, as a sentence that follows a failure; null while nothing is.</summary>
    public string? Progress { get; private set; }

    private HostSchedule(HostStore store, ScheduleRequest request, IProgress<HostEvent> story)
    {
        _store = store;
        _request = request;
        _story = story;
        _swap = new ScheduleSwap(store.Engine, request.Observer);
    }

    private RkeNode Node => _store.Node;

    /// <summary>Logs in and finds the image to work with; changes nothing on the host.</summary>
    public static async Task<HostSchedule> ConnectAsync(
        SelectedNode selected, ScheduleRequest request, HostOptions options, IProgress<HostEvent> story, CancellationToken cancellationToken)
        => new(await HostStore.ConnectAsync(selected, options, request.ToolsImage, story, cancellationToken).ConfigureAwait(false), request, story);

    /// <summary>That of a host which somebody else has logged in to, and leaves.</summary>
    public static HostSchedule On(HostStore store, ScheduleRequest request, IProgress<HostEvent> story) => new(store, request, story);

    /// <summary>Tells what there is, and warns where it may not last.</summary>
    public async Task<EtcdSnapshotSchedule> TellAsync(CancellationToken cancellationToken)
    {
        EtcdSnapshotSchedule schedule = await LookAsync(cancellationToken).ConfigureAwait(false);
        if (schedule.Weakness is { } weakness)
        {
            _story.Report(new HostWarning(Node.Name, $"{weakness} {schedule.WeaknessAdvice}"));
        }

        return schedule;
    }

    /// <summary>Tells what there is.</summary>
    public async Task<EtcdSnapshotSchedule> LookAsync(CancellationToken cancellationToken)
    {
        ScheduleContainers there = await _swap.FindAsync(cancellationToken).ConfigureAwait(false);
        ContainerInspectResponse? container = there.Main ?? there.Previous;
        EtcdSnapshotSchedule schedule = Read(there);
        ScheduleLook look = new();
        HelperContainerSpec spec = new()
        {
            Name = HostStore.UniqueName("schedule"),
            Image = _store.Image,
            Entrypoint = ScheduleContainer.Entrypoint,
            Arguments = ["look"],
            Mounts = [new HelperMount(SnapshotFolder.Path, SnapshotFolder.Mounted, ReadOnly: true)],
        };
        // What clients have left that were killed.
        Task sweeping = HelperSweep.RunAsync(_store.Engine, HostStore.ContainerPrefix, cancellationToken);
        try
        {
            await _store.RunAsync(spec, line => look.Add(line.IsError ? "" : line.Text), cancellationToken).ConfigureAwait(false);
        }
        catch (FolderMissingException)
        {
            // Nothing was ever saved there, or not where it is to be: the engine makes the folder when it makes a service.
            return schedule with { SavesElsewhere = schedule.Running == true, Overdue = schedule.Enabled };
        }
        finally
        {
            await sweeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        bool elsewhere = look.Folder is not null && schedule.Running == true && await FolderOfAsync(container!, cancellationToken).ConfigureAwait(false) is { } folder && folder != look.Folder;
        if (!look.Complete)
        {
            throw new ImageMissingException(Node, "the image does not do as rke-tools: it cannot look into the snapshot folder");
        }

        EtcdSnapshotSchedule seen = look.AddTo(schedule, container?.Created.ToUniversalTime());
        return seen with { SavesElsewhere = elsewhere, Overdue = seen.Overdue || elsewhere };
    }

    /// <summary>Makes the service as it is to be, and lets it run.</summary>
    /// <param name="plan">The values.</param>
    /// <param name="approve">Asked before anything is changed.</param>
    /// <param name="turn">Waited for where a service is replaced: whoever dies in the middle leaves no more than one host of a cluster without.</param>
    /// <param name="cancellationToken">Stops it; not in the middle of a replacement.</param>
    /// <returns>The service; null when it was not approved.</returns>
    /// <exception cref="ScheduleExistsException">There is another's.</exception>
    /// <exception cref="RestoreUnfinishedException">A restore has stopped between the old data and the new.</exception>
    public async Task<EtcdSnapshotSchedule?> EnableAsync(
        SchedulePlan plan, Func<ScheduleChange, Task<bool>> approve, SemaphoreSlim turn, CancellationToken cancellationToken)
    {
        EtcdContainer etcd = await EtcdContainer.FindAsync(_store.Engine, cancellationToken).ConfigureAwait(false);
        ScheduleContainers found = await FindOursAsync(removing: false, cancellationToken).ConfigureAwait(false);
        EtcdSnapshotSchedule before = Read(found);
        plan = _request.KeepsValues ? plan.Keep(before, _request) : plan;
        WarnOfLoss(before, plan);
        var wanted = ScheduleContainer.Describe(_store.Image, etcd, plan);
        bool same = found.Main is { } present && ScheduleContainer.IsSame(present, wanted);
        // What its container does not tell: one that stays as it is may save elsewhere.
        before = same ? await LookAsync(cancellationToken).ConfigureAwait(false) : before;
        if (!await approve(new ScheduleChange(_store.Selected, before, plan, same)).ConfigureAwait(false))
        {
            return null;
        }

        if (found.Any && !same)
        {
            await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await MakeAsync(plan, wanted, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                turn.Release();
            }
        }
        else
        {
            await MakeAsync(plan, wanted, cancellationToken).ConfigureAwait(false);
        }

        return await LookAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes the service. Its files stay.</summary>
    /// <param name="approve">Asked before anything is changed.</param>
    /// <param name="cancellationToken">Stops it; not in the middle of a removal.</param>
    /// <returns>What is there then; null when it was not approved.</returns>
    /// <exception cref="ScheduleExistsException">There is another's.</exception>
    public async Task<EtcdSnapshotSchedule?> DisableAsync(Func<ScheduleChange, Task<bool>> approve, CancellationToken cancellationToken)
    {
        ScheduleContainers found = await FindOursAsync(removing: true, cancellationToken).ConfigureAwait(false);
        if (!await approve(new ScheduleChange(_store.Selected, Read(found), null, Same: false)).ConfigureAwait(false))
        {
            return null;
        }

        if (found.Any)
        {
            await using (await LockAsync(data: null, cancellationToken).ConfigureAwait(false))
            {
                await FindOursAsync(removing: true, cancellationToken).ConfigureAwait(false);
                await _swap.RemoveAllAsync(CancellationToken.None).ConfigureAwait(false);
                Progress = "The recurring snapshot service had been removed there by then; its files stay.";
                _story.Report(new HostMessage(Node.Name, "[schedule] Disabled; its snapshots stay"));
            }
        }

        return await LookAsync(cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private async Task MakeAsync(SchedulePlan plan, CreateContainerParameters wanted, CancellationToken cancellationToken)
    {
        string? data = (await EtcdDeployment.FindAsync(_store.Engine, cancellationToken).ConfigureAwait(false))?.HostDataFolder;
        await using (HelperContainer held = await LockAsync(data, cancellationToken).ConfigureAwait(false))
        {
            await RefuseUnfinishedAsync(held, cancellationToken).ConfigureAwait(false);
            // Whoever was asked may have thought about it for long.
            await FindOursAsync(removing: false, cancellationToken).ConfigureAwait(false);
            ScheduleContainers there = await TidyAsync().ConfigureAwait(false);
            if (there.Main is { } main && ScheduleContainer.IsSame(main, wanted))
            {
                if (!ScheduleSwap.Runs(main))
                {
                    _story.Report(new HostWarning(Node.Name, "The recurring snapshot service was there, but did not run or would not have come back by itself. Now it does."));
                }

                if ((await LookAsync(cancellationToken).ConfigureAwait(false)).SavesElsewhere)
                {
                    await ScheduleCalls.RestartAsync(_store.Engine, main.ID, CancellationToken.None).ConfigureAwait(false);
                    _story.Report(new HostWarning(Node.Name, $"The recurring snapshot service did not save into the folder that is {SnapshotFolder.Path} now. It begins anew there."));
                }

                await _swap.StartAsync(CancellationToken.None).ConfigureAwait(false);
                Progress = "The recurring snapshot service there was, or had become by then, as it is to be; only how it fares could not be seen.";
                _story.Report(new HostMessage(Node.Name, $"[schedule] It is there as it is to be: {plan}"));
            }
            else
            {
                // Not to be interrupted: a host must not be left without any.
                await _swap.ReplaceAsync(wanted, CancellationToken.None).ConfigureAwait(false);
                Progress = there.Main is null
                    ? "The recurring snapshot service had been made there by then; only how it fares could not be seen."
                    : "The recurring snapshot service there had been replaced by then; only how it fares could not be seen.";
                _story.Report(new HostMessage(Node.Name, $"[schedule] {(there.Main is null ? "Enabled" : "Replaced")}: {plan}, {plan.Offset.TotalSeconds:0} s after the first host"));
            }
        }
    }

    private EtcdSnapshotSchedule Empty => new()
    {
        ClusterName = Node.ClusterName,
        Node = Node.Name,
        Address = Node.Address,
        Enabled = false,
        ManagedBy = ScheduleOwner.None,
        Running = false,
        Origin = _store.Selected,
    };

    // The values of cluster.yml may have been meant, or forgotten.
    private void WarnOfLoss(EtcdSnapshotSchedule before, SchedulePlan plan)
    {
        if (before.ManagedBy == ScheduleOwner.EtcdSnapshot && (before.Retention > plan.Retention || before.KeepAtLeast > plan.KeepAtLeast))
        {
            _story.Report(new HostWarning(Node.Name, FormattableString.Invariant(
                $"The service there keeps snapshots for {GoDuration.Format(before.Retention ?? TimeSpan.Zero)} and at least {before.KeepAtLeast}. With the new values those older than {GoDuration.Format(plan.Retention)} go after the next save, but for {plan.KeepAtLeast}.")));
        }
    }

    private EtcdSnapshotSchedule Read(ScheduleContainers there)
        => ScheduleContainer.Read(Empty, there.Main ?? there.Previous) with { BeingReplaced = there is not { Next: null, Previous: null } };

    /// <summary>Which folder a container that runs has in the place of the snapshot folder, as device and inode; null when that cannot be seen.</summary>
    private async Task<string?> FolderOfAsync(ContainerInspectResponse container, CancellationToken cancellationToken)
    {
        if (container.Mounts?.FirstOrDefault(mount => mount.Source?.TrimEnd('/') == SnapshotFolder.Path)?.Destination is not { } destination)
        {
            return null;
        }

        try
        {
            ProgramResult seen = await ContainerProgram.RunAsync(_store.Engine, container.ID, [], ["stat", "-c", "%d:%i", destination], cancellationToken).ConfigureAwait(false);
            return seen is { ExitCode: 0 } && seen.Output.Trim() is { Length: > 0 } folder ? folder : null;
        }
        catch (Errors.EtcdSnapshotException)
        {
            return null; // It has just ended, or is another's that lacks the program.
        }
    }

    /// <summary>What is there, when it is this module's to change.</summary>
    private async Task<ScheduleContainers> FindOursAsync(bool removing, CancellationToken cancellationToken)
    {
        ScheduleContainers there = await _swap.FindAsync(cancellationToken).ConfigureAwait(false);
        EtcdSnapshotSchedule found = Read(there);
        return _request.Force || found.ManagedBy is not (ScheduleOwner.Rke or ScheduleOwner.Unknown) ? there : throw new ScheduleExistsException(Node, found, removing);
    }

    /// <summary>What would be saved may not be what is wanted; and whoever ends the restore starts the service again.</summary>
    private async Task RefuseUnfinishedAsync(HelperContainer held, CancellationToken cancellationToken)
    {
        ProgramResult found = await held.ExecuteAsync(["sh", "-c", UnfinishedCommand], cancellationToken).ConfigureAwait(false);
        if (found.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries) is [string record, ..])
        {
            string operation = record.Split('/')[^2];
            throw new RestoreUnfinishedException(operation, $"{Node.Name} is between its old data and the new, and gets no recurring snapshot service until that is settled.", null) { Node = Node.Name };
        }
    }

    private Task<HelperContainer> LockAsync(string? data, CancellationToken cancellationToken) => HeldAsync(
        new HelperContainerSpec
        {
            // Nothing is changed here while a restore is at work, and none begins while something is.
            Name = RestoreScript.Container,
            Image = _store.Image,
            Entrypoint = ["sh", "-c", LockCommand, LockSeconds],
            Mounts = data is null ? [] : [new HelperMount(data, "/data", ReadOnly: true)],
            Leased = true,
        },
        cancellationToken);

    private async Task<HelperContainer> HeldAsync(HelperContainerSpec spec, CancellationToken cancellationToken)
    {
        HelperContainer held = await _store.CreateAsync(spec, cancellationToken).ConfigureAwait(false);
        try
        {
            await held.StartAsync(cancellationToken).ConfigureAwait(false);
            return held;
        }
        catch
        {
            await held.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends what another client has begun and not ended.</summary>
    private async Task<ScheduleContainers> TidyAsync()
    {
        if (await _swap.TidyAsync(CancellationToken.None).ConfigureAwait(false) is { } said)
        {
            _story.Report(new HostWarning(Node.Name, said));
        }

        return await _swap.FindAsync(CancellationToken.None).ConfigureAwait(false);
    }
}
