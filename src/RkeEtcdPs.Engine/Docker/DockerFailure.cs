using System.Text.Json;
using Docker.DotNet;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>Says in our terms what an engine refused, from the status and message of its answer.</summary>
internal static class DockerFailure
{
    public static EtcdSnapshotException Classify(RkeNode node, DockerApiException error)
    {
        string message = Message(error);
        return message.Contains("no space left on device", StringComparison.OrdinalIgnoreCase)
            ? new NotEnoughDiskException(node, "the Docker engine has no space left for it")
            : new DockerUnavailableException(node, $"it answered {(int)error.StatusCode}: {message}", error) { Answered = true };
    }

    /// <summary>The engine's own words, out of the JSON they come in.</summary>
    public static string Message(DockerApiException error)
    {
        try
        {
            using JsonDocument body = JsonDocument.Parse(error.ResponseBody ?? "");
            return body.RootElement.GetProperty("message").GetString()?.Trim() ?? error.Message;
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return (error.ResponseBody ?? error.Message).Trim();
        }
    }
}
