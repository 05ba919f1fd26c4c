using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace RkeEtcdPs.Lab.Images;

/// <summary>Writes images in the format that <c>docker load</c> reads: Docker Image Specification v1.2, manifest.json.</summary>
/// <param name="path">The tar to write.</param>
internal sealed class ImageArchive(string path) : IAsyncDisposable
{
    private readonly TarWriter _tar = new(File.Create(path), TarEntryFormat.Ustar, leaveOpen: false);
    private readonly HashSet<string> _written = [];
    private readonly JsonArray _manifest = [];

    /// <summary>Adds an image; layers that it shares with an earlier one are written once.</summary>
    /// <param name="tags">Its names.</param>
    /// <param name="layers">From the lowest up.</param>
    /// <param name="command">What its containers run unless told otherwise.</param>
    /// <param name="volumes">Paths that are volumes of each of its containers.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    internal async Task AddImageAsync(
        IReadOnlyList<string> tags,
        IReadOnlyList<ImageLayer> layers,
        string command,
        IReadOnlyList<string> volumes,
        CancellationToken cancellationToken)
    {
        foreach (var layer in layers)
        {
            if (_written.Add(layer.Digest))
            {
                await AddAsync($"{layer.Digest}/layer.tar", layer.Content, cancellationToken);
            }
        }

        var config = System.Text.Encoding.UTF8.GetBytes(Configuration(layers, command, volumes).ToJsonString());
        var name = Convert.ToHexStringLower(SHA256.HashData(config)) + ".json";
        await AddAsync(name, new MemoryStream(config), cancellationToken);
        _manifest.Add(new JsonObject
        {
            ["Config"] = name,
            ["RepoTags"] = Strings(tags),
            ["Layers"] = Strings(layers.Select(l => $"{l.Digest}/layer.tar")),
        });
    }

    /// <summary>Writes the manifest, after the last image.</summary>
    internal Task FinishAsync(CancellationToken cancellationToken) =>
        AddAsync("manifest.json", new MemoryStream(System.Text.Encoding.UTF8.GetBytes(_manifest.ToJsonString())), cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _tar.DisposeAsync();

    private static JsonObject Configuration(IReadOnlyList<ImageLayer> layers, string command, IReadOnlyList<string> volumes) => new()
    {
        ["architecture"] = System.Runtime.InteropServices.RuntimeInformation.OSArchitecture switch
        {
            System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
            _ => "amd64",
        },
        ["os"] = "linux",
        ["created"] = DateTime.UtcNow,
        ["config"] = new JsonObject
        {
            ["Env"] = Strings(["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]),
            ["Cmd"] = Strings([command]),
            ["Volumes"] = new JsonObject(volumes.Select(v => KeyValuePair.Create<string, JsonNode?>(v, new JsonObject()))),
        },
        ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = Strings(layers.Select(l => "sha256:" + l.Digest)) },
        ["history"] = new JsonArray([.. layers.Select(_ => new JsonObject { ["created_by"] = "lab" })]),
    };

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(v => JsonValue.Create(v))]);

    private Task AddAsync(string name, Stream content, CancellationToken cancellationToken) =>
        _tar.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = content }, cancellationToken);
}
