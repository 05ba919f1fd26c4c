using System.Text.Json;
using Docker.DotNet;
using Docker.DotNet.Models;
using Docker.DotNet.NativeHttp;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using Version = System.Version;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>The Docker engine of one host, spoken to in a version that both sides know.</summary>
public sealed class DockerEngine : IAsyncDisposable
{
    /// <summary>The oldest API version that is spoken (Docker 1.12).</summary>
    public static readonly Version OldestApi = new(1, 24);

    /// <summary>The newest API version that this module was tried with; newer engines are spoken to in this one.</summary>
    public static readonly Version NewestApi = new(1, 47);

    private static readonly Dictionary<string, string> NoHeaders = [];

    private readonly Host _host;
    private readonly DockerClient _client;

    private DockerEngine(Host host, DockerClient client, VersionResponse version)
    {
        _host = host;
        _client = client;
        EngineVersion = version.Version;
        ApiVersion = client.Options.ApiVersion ?? OldestApi;
    }

    /// <summary>The node whose engine this is.</summary>
    public RkeNode Node => _host.Node;

    /// <summary>The engine's version, such as <c>20.10.24</c>.</summary>
    public string EngineVersion { get; }

    /// <summary>The API version in use.</summary>
    public Version ApiVersion { get; }

    /// <summary>How the engine is reached, in words.</summary>
    public string Way => _host.Way;

    /// <summary>Logs in to the node and negotiates the API version with its engine.</summary>
    /// <exception cref="EtcdSnapshotException">The node cannot be reached, or its engine cannot be used.</exception>
    public static async Task<DockerEngine> ConnectAsync(RkeNode node, HostOptions options, CancellationToken cancellationToken)
    {
        Host host = await Host.ConnectAsync(node, options, cancellationToken).ConfigureAwait(false);
        try
        {
            VersionResponse version = await GreetAsync(host, cancellationToken).ConfigureAwait(false);
            return new DockerEngine(host, CreateClient(host, Negotiate(node, version)), version);
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Sends a short request. It is given up after the host's limit for requests.</summary>
    /// <exception cref="EtcdSnapshotException">The engine refused, did not answer, or cannot be reached any more.</exception>
    internal Task<T> AskAsync<T>(Func<DockerClient, CancellationToken, Task<T>> request, CancellationToken cancellationToken)
        => SendAsync(_host, _client, request, _host.RequestTimeout, cancellationToken);

    /// <inheritdoc cref="AskAsync{T}"/>
    internal Task AskAsync(Func<DockerClient, CancellationToken, Task> request, CancellationToken cancellationToken)
        => AskAsync(
            async (client, token) =>
            {
                await request(client, token).ConfigureAwait(false);
                return true;
            },
            cancellationToken);

    /// <summary>Sends a short request that needs a login to a registry, of those for which the library takes none; null for no login.</summary>
    /// <exception cref="EtcdSnapshotException">As of <see cref="AskAsync{T}"/>.</exception>
    internal async Task<T> AskRegistryAsync<T>(Func<DockerClient, CancellationToken, Task<T>> request, AuthConfig? login, CancellationToken cancellationToken)
    {
        using DockerClient client = CreateClient(_host, ApiVersion, login: login);
        return await SendAsync(_host, client, request, _host.RequestTimeout, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a request that lasts as long as it lasts: a transfer, a wait, a log that is followed.</summary>
    /// <exception cref="EtcdSnapshotException">The engine refused, or cannot be reached any more.</exception>
    internal Task<T> StreamAsync<T>(Func<DockerClient, CancellationToken, Task<T>> request, CancellationToken cancellationToken)
        => SendAsync(_host, _client, request, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Why something that was read from this engine's stream failed, in our terms.</summary>
    internal Task<EtcdSnapshotException> ExplainAsync(Exception error) => _host.ExplainAsync(error);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<VersionResponse> GreetAsync(Host host, CancellationToken cancellationToken)
    {
        try
        {
            return await AskVersionAsync(host, cancellationToken).ConfigureAwait(false);
        }
        catch (DockerUnavailableException)
        {
            if (!await host.TryOtherWayAsync().ConfigureAwait(false))
            {
                throw;
            }

            return await AskVersionAsync(host, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<VersionResponse> AskVersionAsync(Host host, CancellationToken cancellationToken)
    {
        // Until it is known who answers, no more is taken than an engine ever says of itself.
        GreetingStream? answer = null;
        using DockerClient client = CreateClient(host, null, stream => answer = new GreetingStream(stream));
        try
        {
            return await SendAsync(host, client, (docker, token) => docker.System.GetVersionAsync(token), host.RequestTimeout, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (EtcdSnapshotException failure) when (answer is { IsOverlong: true })
        {
            throw new DockerUnavailableException(host.Node, "what answers on the socket is not a Docker engine: it does not stop talking", failure);
        }
    }

    /// <summary>The version to speak, from what the engine says of itself.</summary>
    /// <exception cref="DockerUnavailableException">It is not an engine, or too old.</exception>
    internal static Version Negotiate(RkeNode node, VersionResponse? version)
    {
        if (version is null || !Version.TryParse(version.APIVersion, out Version? engine))
        {
            throw new DockerUnavailableException(node, "what answers on the socket is not a Docker engine");
        }

        if (engine < OldestApi)
        {
            throw new DockerUnavailableException(node, $"its API is {engine}; at least {OldestApi} is needed");
        }

        // A newer engine may have dropped the versions we know; its own is then the better bet.
        Version chosen = engine < NewestApi ? engine : NewestApi;
        return Version.TryParse(version.MinAPIVersion, out Version? oldest) && oldest > chosen ? oldest : chosen;
    }

    private static DockerClient CreateClient(Host host, Version? apiVersion, Func<Stream, Stream>? wrap = null, AuthConfig? login = null)
        => new DockerClientBuilder()
            .WithHeaders(login is null ? NoHeaders : new Dictionary<string, string> { ["X-Registry-Auth"] = Base64Url(JsonSerializer.SerializeToUtf8Bytes(login)) })
            .WithEndpoint(new Uri("http://docker"))
            .WithApiVersion(apiVersion)
            // The library's own limit would cut off uploads as well.
            .WithTimeout(Timeout.InfiniteTimeSpan)
            .WithTransportOptions(new NativeHttpTransportOptions
            {
                ConfigureHandler = handler =>
                {
                    handler.UseProxy = false;
                    handler.AllowAutoRedirect = false;
                    handler.ConnectCallback = async (_, token) =>
                    {
                        Stream stream = await host.OpenDockerAsync(token).ConfigureAwait(false);
                        return wrap is null ? stream : wrap(stream);
                    };
                },
            })
            .Build();

    // As the engine decodes it, with its padding.
    private static string Base64Url(byte[] bytes) => Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_');

    private static async Task<T> SendAsync<T>(
        Host host, DockerClient client, Func<DockerClient, CancellationToken, Task<T>> request, TimeSpan limit, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer.CancelAfter(limit);
        try
        {
            return await request(client, timer.Token).ConfigureAwait(false);
        }
        catch (DockerApiException error)
        {
            throw DockerFailure.Classify(host.Node, error);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimedOutException(host.Node, "A request to the Docker engine", limit, "Check the load of the host and whether its Docker engine hangs: `docker ps`.");
        }
        catch (Exception error) when (error is JsonException or FormatException or ArgumentException or NullReferenceException
            or InvalidOperationException and not ObjectDisposedException)
        {
            // Among them what the Docker library itself stumbles over.
            throw new DockerUnavailableException(host.Node, "what it answers is not what a Docker engine answers", error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or System.Net.Sockets.SocketException)
        {
            throw await host.ExplainAsync(error).ConfigureAwait(false);
        }
    }
}
