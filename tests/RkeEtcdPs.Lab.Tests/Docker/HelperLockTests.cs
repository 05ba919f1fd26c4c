using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Docker;

/// <summary>The name of a helper container is a lock, also between the threads of one process.</summary>
public sealed class HelperLockTests(LabFixture fixture) : ProductTest(fixture)
{
    [SkippableFact]
    public async Task Of_many_threads_that_want_the_same_name_at_once_exactly_one_has_it_and_keeps_it()
    {
        await using DockerEngine engine = await DockerEngine.ConnectAsync(Product.Nodes("node1")[0].Node, Product.Options, default);
        HelperContainerSpec spec = new() { Name = "etcdsnapshot-lock-test", Image = "rancher/rke-tools:lab", Entrypoint = ["sh"] };

        for (int round = 0; round < 10; round++)
        {
            HelperContainer?[] got = await Task.WhenAll(Enumerable.Range(0, 6).Select(number => TryAsync(engine, spec, $"operation-{number}")));

            HelperContainer winner = Assert.Single(got.OfType<HelperContainer>());
            Assert.True(await winner.ExistsAsync("/bin", default), "another thread removed it");
            await winner.DisposeAsync();
        }

        await Remains.AssertNoneOnAsync(Lab.Hosts);
    }

    private static async Task<HelperContainer?> TryAsync(DockerEngine engine, HelperContainerSpec spec, string operation)
    {
        try
        {
            return await HelperContainer.CreateAsync(engine, spec, operation, default);
        }
        catch (EtcdSnapshotException busy) when (busy.Id == "OperationInProgress")
        {
            return null;
        }
    }
}
