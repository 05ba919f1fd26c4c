using System.Diagnostics;
using System.Globalization;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Components;

/// <summary>Asks health URLs on a host's loopback, from a helper container on the host's network.</summary>
/// <remarks>Its container's name also keeps two restarts from one host at once.</remarks>
internal sealed class HealthProbe : IAsyncDisposable
{
    /// <summary>The helper container's name.</summary>
    public const string Container = "kube-component-probe";

    private const string Program = "probe-health";

    private static readonly Lazy<string> Script = new(() => EmbeddedScript.Read("probe-health.sh"));

    // The script gives every tool five seconds.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    private readonly DockerEngine _engine;
    private readonly HelperContainer _helper;
    private readonly IReadOnlyList<string> _environment;

    private HealthProbe(DockerEngine engine, HelperContainer helper, ProbeCertificate? certificate)
    {
        _engine = engine;
        _helper = helper;
        _environment = certificate is null ? [] : [$"CLIENT_CERT={certificate.CertFile}", $"CLIENT_KEY={certificate.KeyFile}"];
    }

    /// <summary>Starts it; waits for that of a client elsewhere that was killed to end, which it does by itself.</summary>
    /// <param name="engine">The host's engine.</param>
    /// <param name="image">The rke-tools image.</param>
    /// <param name="request">The limits, and the operation.</param>
    /// <param name="story">Told when it has to wait.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <param name="mounts">What else is to be seen from inside; nothing when null.</param>
    /// <param name="certificate">What to show to those that are asked; null to ask as anybody.</param>
    /// <exception cref="OperationInProgressException">Another restart is at work on the host.</exception>
    public static async Task<HealthProbe> StartAsync(
        DockerEngine engine,
        string image,
        ComponentRestartRequest request,
        IProgress<HostEvent> story,
        CancellationToken cancellationToken,
        IReadOnlyList<HelperMount>? mounts = null,
        ProbeCertificate? certificate = null)
    {
        // It is not asked while a component takes its time to end.
        TimeSpan patience = request.StopLimit + AnswerLimit;
        HelperContainerSpec spec = new()
        {
            Name = Container,
            Image = image,
            Entrypoint = ["sh", "-c", Script.Value, Program],
            Arguments = ["hold", patience.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)],
            Mounts = mounts ?? [],
            HostNetwork = true,
            // What it is asked changes nothing, so it may be ended as soon as its client is gone.
            Leased = true,
        };
        Stopwatch waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await StartAsync(engine, spec, certificate, request.Operation, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationInProgressException) when (waited.Elapsed < patience + Pause)
            {
                story.Report(new HostMessage(engine.Node.Name, "[components] Another restart is at work here, or was until its client was killed: waiting for it"));
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What a component's URLs come to: the best answer of all.</summary>
    public async Task<(HealthAnswer Answer, string Told)> AskAsync(IReadOnlyList<string> urls, CancellationToken cancellationToken)
    {
        if (urls.Count == 0)
        {
            return (HealthAnswer.NotAsked, "");
        }

        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        try
        {
            ProgramResult said = await ContainerProgram.RunAsync(_engine, _helper.Id, _environment, ["sh", "-c", Script.Value, Program, "ask", .. urls], limit.Token)
                .ConfigureAwait(false);
            return Read(urls, said.Output);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (HealthAnswer.Unclear, "it does not answer");
        }
        catch (DockerUnavailableException error) when (error.Answered)
        {
            // The helper has gone; a component is none the worse for it.
            return (HealthAnswer.NotAsked, error.Message);
        }
    }

    /// <summary>Runs a program of its image, on the host's network.</summary>
    public Task<ProgramResult> RunAsync(IReadOnlyList<string> environment, IReadOnlyList<string> command, CancellationToken cancellationToken)
        => ContainerProgram.RunAsync(_engine, _helper.Id, environment, command, cancellationToken);

    /// <summary>The engine that it was started on.</summary>
    public DockerEngine Engine => _engine;

    /// <summary>Gives it up where the way to its engine is lost: it ends by itself.</summary>
    public void Abandon() => _helper.Abandon();

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _helper.DisposeAsync();

    private static async Task<HealthProbe> StartAsync(DockerEngine engine, HelperContainerSpec spec, ProbeCertificate? certificate, string operation, CancellationToken cancellationToken)
    {
        HelperContainer helper = await HelperContainer.CreateAsync(engine, spec, operation, cancellationToken).ConfigureAwait(false);
        try
        {
            await helper.StartAsync(cancellationToken).ConfigureAwait(false);
            return new HealthProbe(engine, helper, certificate);
        }
        catch
        {
            await helper.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads what the script says: a line for each URL.</summary>
    internal static (HealthAnswer Answer, string Told) Read(IReadOnlyList<string> urls, string output)
        => output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(' '))
            .Where(words => words.Length == 2 && urls.Contains(words[0]))
            .Select(words => (Answer: Meaning(words[1]), Told: $"{words[0]} gives {words[1]}"))
            .DefaultIfEmpty((Answer: HealthAnswer.NotAsked, Told: ""))
            .MaxBy(answer => Rank(answer.Answer));

    private static HealthAnswer Meaning(string status) => status switch
    {
        "none" => HealthAnswer.Silent,
        // An API server that refuses anonymous requests is alive.
        "401" or "403" => HealthAnswer.Healthy,
        ['2', _, _] => HealthAnswer.Healthy,
        [>= '1' and <= '5', _, _] => HealthAnswer.Unhealthy,
        _ => HealthAnswer.Unclear,
    };

    private static int Rank(HealthAnswer answer) => answer switch
    {
        HealthAnswer.Healthy => 4,
        HealthAnswer.Unhealthy => 3,
        HealthAnswer.Unclear => 2,
        HealthAnswer.Silent => 1,
        _ => 0,
    };
}
