using System.Globalization;
using System.Text;
using System.Text.Json;

namespace RkeEtcdPs.Engine.Tests.SnapshotFile;

/// <summary>A key as etcd itself answers it.</summary>
internal sealed record EtcdKey(string Key, long Create, long Mod, long Version, long Lease, string Value)
{
    public static EtcdKey Parse(JsonElement answer) => new(
        Encoding.UTF8.GetString(answer.GetProperty("key").GetBytesFromBase64()),
        Number(answer, "create_revision"),
        Number(answer, "mod_revision"),
        Number(answer, "version"),
        Number(answer, "lease"),
        answer.TryGetProperty("value", out JsonElement value) ? value.GetString()! : "");

    private static long Number(JsonElement answer, string property) =>
        answer.TryGetProperty(property, out JsonElement number) ? long.Parse(number.GetString()!, CultureInfo.InvariantCulture) : 0;
}
