using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.Stores;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.NewHosts;

/// <summary>The client is killed with SIGKILL at every boundary of the steps of a restore onto a new host, and of its undoing.</summary>
[Collection(LabCollection.Name)]
[Trait("Speed", "Long")]
public sealed class KilledClientTests
{
    [SkippableFact]
    public async Task One_more_command_finishes_or_leaves_nothing_behind()
    {
        await using Lab lab = await LabVariants.StartAsync(LabConfiguration.WithHosts(2, host => host with { Roles = host.Name == "node1" ? NodeRoles.ControlPlane : NodeRoles.Etcd }));
        await Keys.WriteAsync(lab["node2"], "before");
        await new Product(lab).SaveSameAsync("good");
        string before = await Keys.ReadAsync(lab["node2"]);
        string stored = Path.Combine(lab.Folder.Root, "good");
        File.Copy(Path.Combine(lab["node2"].SnapshotFolder, "good"), stored);
        await lab["node2"].DestroyAsync();
        LabHost fresh = await lab.AddBareHostAsync("node3", host => host with { Roles = NodeRoles.Etcd });
        lab.WriteClusterYml(lab["node1"], fresh);
        RkeFiles.HastenElections(lab);
        Product product = new(lab);
        await product.RestoreAsync(new RestoreRequest { Name = "good", Source = SnapshotFiles.Describe(stored), NoComponentRestart = true });
        await UndoAsync("without a fault");
        // No component is restarted as long as the API server knows none but the dead host.
        foreach (RestoreStep step in Enum.GetValues<RestoreStep>().Where(step => step is <= RestoreStep.MarkDone and not RestoreStep.Distribute))
        {
            foreach (bool after in (bool[])[false, true])
            {
                await DyingClient.StartAsync(lab, "good", step, after);
                // Once it is done, another one would be one more to undo.
                if (step < RestoreStep.MarkDone || !after)
                {
                    await RestoreAsync();
                }

                Assert.Equal(before, await Keys.ReadAsync(fresh));
                await UndoAsync($"{step} {after}, then restored and undone");
            }
        }

        foreach (RestoreStep step in Enum.GetValues<RestoreStep>().Where(step => step >= RestoreStep.MarkUndoing))
        {
            // There is no old cluster to be proved, the components are those of all hosts, and after the last step there is nothing left to be done.
            foreach (bool after in step is RestoreStep.BackProve or RestoreStep.BackRestartComponents or RestoreStep.BackMarkRestarted ? (bool[])[false] : [false, true])
            {
                await RestoreAsync();
                await DyingClient.StartAsync(lab, null, step, after);
                await UndoAsync($"{step} {after} of the undoing, then undone");
            }
        }

        // Each is an operation of its own.
        Task RestoreAsync() => product.RestoreAsync(new RestoreRequest { Name = "good", NoComponentRestart = true });

        async Task UndoAsync(string what)
        {
            await product.UndoAsync(request: new RestoreRequest { Name = "", NoComponentRestart = true });
            await NewHost.AssertHasNothingAsync(fresh, what);
            await Remains.AssertNoneOnAsync([lab["node1"], fresh]);
        }
    }
}
