using System.Text.Json;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Components;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Recovery;

namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>Whether a host's API server would reach etcd with other settings: asked from that host, with the certificates that it would show.</summary>
internal sealed class EtcdReach(DockerEngine engine, ApiServerSettings settings, ContainerInspectResponse container)
{
    private const string Renew = "Put it on the host, as `rke up` does, or say in services.kube-api of cluster.yml which one to use.";

    private string? CaFile => settings.CaFile ?? ApiServerSettings.FlagOf(container, "etcd-cafile");

    private string? CertFile => settings.CertFile ?? ApiServerSettings.FlagOf(container, "etcd-certfile");

    private string? KeyFile => settings.KeyFile ?? ApiServerSettings.FlagOf(container, "etcd-keyfile");

    /// <summary>The folders of the host with the certificates, to be mounted where the container has them; null when they are in none.</summary>
    public IReadOnlyList<HelperMount>? Mounts
    {
        get
        {
            MountPoint?[] mounts = [.. new[] { CaFile, CertFile, KeyFile }.OfType<string>().Select(path => container.Mounts?
                .Where(mount => mount is { Type: "bind", Source.Length: > 0, Destination.Length: > 0 } && path.StartsWith(mount.Destination.TrimEnd('/') + "/", StringComparison.Ordinal))
                .MaxBy(mount => mount.Destination.Length))];
            return mounts.Contains(null) ? null : [.. mounts.Select(mount => new HelperMount(mount!.Source, mount.Destination, ReadOnly: true)).Distinct()];
        }
    }

    /// <summary>The certificate to show to the API server itself: RKE gives both of them the same authority. Null when there is none.</summary>
    public ProbeCertificate? Certificate => CertFile is { } cert && KeyFile is { } key && Mounts is not null ? new ProbeCertificate(cert, key) : null;

    /// <summary>Looks at the certificates that the container would use; private keys are not read.</summary>
    /// <exception cref="ApiServerUpdateNotSafeException">One is missing, or not valid now.</exception>
    public async Task CheckCertificatesAsync(CancellationToken cancellationToken)
    {
        SystemInfoResponse info = await engine.AskAsync((docker, token) => docker.System.GetSystemInfoAsync(token), cancellationToken).ConfigureAwait(false);
        DateTime now = DateTimeOffset.TryParse(info.SystemTime, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time.UtcDateTime : DateTime.UtcNow;
        foreach (string path in new[] { CaFile, CertFile }.OfType<string>())
        {
            if ((await EtcdCertificate.ReadAsync(engine, container.ID, path, [], now, cancellationToken).ConfigureAwait(false)).Problem is { } problem)
            {
                throw new ApiServerUpdateNotSafeException(engine.Node, $"the certificate {path} {problem}", Renew);
            }
        }

        if (KeyFile is { } key && !await ContainerFile.ExistsAsync(engine, container.ID, key, cancellationToken).ConfigureAwait(false))
        {
            throw new ApiServerUpdateNotSafeException(engine.Node, $"the key {key} is not there", Renew);
        }
    }

    /// <summary>Asks the endpoints.</summary>
    /// <param name="probe">On the host's network, with <see cref="Mounts"/>.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    /// <returns>What is odd but does not forbid the update, as sentences.</returns>
    /// <exception cref="ApiServerUpdateNotSafeException">None is healthy, or they are not of one cluster.</exception>
    public async Task<IReadOnlyList<string>> CheckEndpointsAsync(HealthProbe probe, CancellationToken cancellationToken)
    {
        ProgramResult[] answers;
        try
        {
            answers = await Task.WhenAll(AskAsync(probe, "health", settings.Endpoints, cancellationToken), AskAsync(probe, "status", settings.Endpoints, cancellationToken)).ConfigureAwait(false);
        }
        catch (Hosts.DockerUnavailableException refused) when (refused.Answered)
        {
            return [$"Whether etcd can be reached from here is not known. {refused.Message}"];
        }

        if (answers.Any(answer => answer.ExitCode is 126 or 127))
        {
            return ["Whether etcd can be reached from here is not known: there is no etcdctl in the rke-tools image."];
        }

        Dictionary<string, string?> health = ReadHealth($"{answers[0].Output}\n{answers[0].Error}");
        if (!health.ContainsValue(null))
        {
            string said = health.Values.FirstOrDefault(error => error is not null) ?? answers[0].LastWords ?? "no answer";
            throw new ApiServerUpdateNotSafeException(
                engine.Node, $"none of {string.Join(", ", settings.Endpoints)} is a healthy etcd, as seen from there ({said})", "Look at Get-EtcdMember; restore or start etcd first.");
        }

        string[] clusters = [.. Read(answers[1].Output, item => item.GetProperty("Status").GetProperty("header").GetProperty("cluster_id").GetUInt64().ToString("x", System.Globalization.CultureInfo.InvariantCulture)).Values.OfType<string>().Distinct()];
        if (clusters.Length > 1)
        {
            throw new ApiServerUpdateNotSafeException(
                engine.Node, $"{string.Join(", ", settings.Endpoints)} are members of {clusters.Length} different etcd clusters", "An API server must see one. Look at Get-EtcdMember; stop the old members, or restore on all etcd hosts of cluster.yml.");
        }

        string[] silent = [.. settings.Endpoints.Where(endpoint => !health.TryGetValue(endpoint, out string? error) || error is not null)];
        return silent.Length == 0 ? [] : [$"etcd does not answer as it should at {string.Join(", ", silent)}, as seen from here; the other endpoints do."];
    }

    /// <summary>Which of some endpoints are members that run, with a quorum or without; null when that cannot be asked.</summary>
    public async Task<IReadOnlyList<string>?> FindRunningAsync(HealthProbe probe, IReadOnlyList<string> endpoints, CancellationToken cancellationToken)
    {
        // One by one: one that hangs would take the time of the others.
        ProgramResult[] answers = await Task.WhenAll(endpoints.Select(endpoint => AskAsync(probe, "status", [endpoint], cancellationToken))).ConfigureAwait(false);
        return answers.Any(answer => answer.ExitCode is 126 or 127) ? null : [.. endpoints.Where((_, index) => answers[index].ExitCode == 0)];
    }

    private Task<ProgramResult> AskAsync(HealthProbe probe, string what, IEnumerable<string> endpoints, CancellationToken cancellationToken)
    {
        string[] environment =
        [
            "ETCDCTL_API=3",
            $"ETCDCTL_ENDPOINTS={string.Join(',', endpoints)}",
            .. CaFile is { } ca ? [$"ETCDCTL_CACERT={ca}"] : Array.Empty<string>(),
            .. CertFile is { } cert ? [$"ETCDCTL_CERT={cert}"] : Array.Empty<string>(),
            .. KeyFile is { } key ? [$"ETCDCTL_KEY={key}"] : Array.Empty<string>(),
        ];
        return probe.RunAsync(environment, ["etcdctl", "endpoint", what, "--write-out=json", "--dial-timeout=3s", "--command-timeout=5s"], cancellationToken);
    }

    /// <summary>What <c>etcdctl endpoint health</c> says of each endpoint: null where it is healthy. Older rke-tools images have one that writes no JSON whatever it is asked.</summary>
    /// <remarks>JSON since 3.4: etcd-io/etcd, pull request 9540. Before that, in etcdctl/ctlv3/command/ep_command.go, lines of text.</remarks>
    internal static Dictionary<string, string?> ReadHealth(string output)
    {
        Dictionary<string, string?> read = new(StringComparer.Ordinal);
        foreach (string line in output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == '[')
            {
                return Read(line, item => item.TryGetProperty("health", out JsonElement healthy) && healthy.GetBoolean() ? null : Harmless(Text(item, "error") ?? "not healthy"));
            }

            const string Healthy = " is healthy: ";
            const string Unhealthy = " is unhealthy: ";
            if (line.IndexOf(Healthy, StringComparison.Ordinal) is var end and > 0)
            {
                read[line[..end]] = null;
            }
            else if (line.IndexOf(Unhealthy, StringComparison.Ordinal) is var start and > 0)
            {
                read[line[..start]] = Harmless(line[(start + Unhealthy.Length)..]);
            }
        }

        return read;

        // An alarm is no reason not to point an API server at it.
        static string? Harmless(string error) => error.Contains("Active Alarm", StringComparison.Ordinal) ? null : error;
    }

    /// <summary>What a list of JSON objects says of each endpoint; empty when it cannot be understood.</summary>
    private static Dictionary<string, string?> Read(string output, Func<JsonElement, string?> value)
    {
        Dictionary<string, string?> read = new(StringComparer.Ordinal);
        try
        {
            using JsonDocument json = JsonDocument.Parse(output);
            foreach (JsonElement item in json.RootElement.EnumerateArray())
            {
                read[Text(item, "endpoint") ?? Text(item, "Endpoint") ?? ""] = value(item);
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            // What was not understood says nothing.
        }

        return read;
    }

    private static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out JsonElement text) ? text.GetString() : null;
}
