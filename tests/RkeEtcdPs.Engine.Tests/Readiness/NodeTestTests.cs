using System.Collections.Concurrent;
using System.Text;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Readiness;
using RkeEtcdPs.Engine.Tests.Docker;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Readiness;

public sealed class NodeTestTests
{
    private const string Registry = "GET /distribution/registry.test/rke-tools:v1/json";

    [Theory]
    [InlineData(404, "it cannot be pulled: it answered 404")]
    [InlineData(401, "it cannot be pulled: it answered 401")]
    [InlineData(500, "it cannot be pulled: it answered 500")]
    public async Task Image_that_no_save_could_pull_is_an_error(int status, string said)
    {
        NodeCheck check = await CheckImageAsync(NodeRoles.Etcd, request => request.Line == Registry ? new(status, """{"message":"no"}"""u8.ToArray()) : null);

        Assert.Equal((NodeCheckSeverity.Error, "ImageMissing"), (check.Severity, check.Id));
        Assert.Contains($"registry.test/rke-tools:v1 is not there, and {said}", check.Finding, StringComparison.Ordinal);
        Assert.NotEmpty(check.Advice);
    }

    [Fact]
    public async Task Image_of_which_an_old_engine_cannot_tell_whether_it_could_be_pulled_is_an_error()
    {
        NodeCheck check = await CheckImageAsync(NodeRoles.Etcd, _ => null, "1.26");

        Assert.Equal((NodeCheckSeverity.Error, "ImageMissing"), (check.Severity, check.Id));
        Assert.Contains("whether it can be pulled Docker test cannot tell", check.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Image_that_a_save_would_pull_is_a_warning_and_is_asked_for_with_the_login_of_cluster_yml()
    {
        string? login = null;

        NodeCheck check = await CheckImageAsync(NodeRoles.Etcd, request =>
        {
            if (request.Line != Registry)
            {
                return null;
            }

            login = request.Headers.GetValueOrDefault("X-Registry-Auth");
            return ScriptedEngine.Answer.Json("""{"Descriptor":{"mediaType":"m","digest":"sha256:0","size":1},"Platforms":[]}""");
        });

        Assert.Equal((NodeCheckSeverity.Warning, null), (check.Severity, check.Id));
        Assert.Contains("Its registry has it", check.Finding, StringComparison.Ordinal);
        string told = Encoding.UTF8.GetString(Convert.FromBase64String(login!.Replace('-', '+').Replace('_', '/')));
        Assert.Contains("\"username\":\"me\"", told, StringComparison.Ordinal);
        Assert.Contains("\"password\":\"secret\"", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Image_that_is_missing_on_a_host_without_etcd_is_a_warning()
        => Assert.Equal(NodeCheckSeverity.Warning, (await CheckImageAsync(NodeRoles.Worker, _ => null)).Severity);

    [Fact]
    public async Task Progress_is_that_of_the_node_and_not_of_another_of_its_name()
    {
        using ScriptedEngine engine = new(_ => null);
        Story story = new();

        await TestAsync(engine.Host, story);

        HostProgress[] told = [.. story.Events.OfType<HostProgress>()];
        Assert.Contains(told, progress => progress.Completed);
        Assert.Contains(told, progress => progress.Status == nameof(NodeCheckPoint.Clock));
        Assert.All(told, progress => Assert.Same(engine.Host.Node, progress.Host));
    }

    private static async Task<NodeCheck> CheckImageAsync(NodeRoles roles, Func<ScriptedEngine.Request, ScriptedEngine.Answer?> answer, string version = "1.41")
    {
        using ScriptedEngine engine = new(answer, version);
        NodeCheck[] checks = await TestAsync(engine.Host with { Node = engine.Host.Node with { Roles = roles } }, new Story());
        return Assert.Single(checks, check => check.Check == NodeCheckPoint.ToolsImage);
    }

    private static async Task<NodeCheck[]> TestAsync(SelectedNode host, Story story)
    {
        List<NodeCheck> checks = [];
        await foreach (NodeCheck check in new NodeTest(new HostOptions(), TimeProvider.System, story).RunAsync([host], new NodeTestRequest()))
        {
            checks.Add(check);
        }

        return [.. checks];
    }

    private sealed class Story : IProgress<HostEvent>
    {
        public ConcurrentQueue<HostEvent> Events { get; } = [];

        public void Report(HostEvent value) => Events.Enqueue(value);
    }
}
