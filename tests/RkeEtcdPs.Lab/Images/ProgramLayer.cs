using RkeEtcdPs.Lab.Machine;

namespace RkeEtcdPs.Lab.Images;

/// <summary>Makes layers from programs of the machine.</summary>
internal static class ProgramLayer
{
    private const UnixFileMode Anybody = UnixFileMode.StickyBit | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>What RKE's containers run: it stays until it is told to end, as the component whose name it is given would.</summary>
    private const string Entrypoint = """
        #!/bin/sh
        trap 'exit 0' TERM INT
        while :; do
            sleep 3600 &
            wait $!
        done

        """;

    /// <summary>Programs with the libraries they are linked to, each library where the machine has it.</summary>
    internal static async Task<ImageLayer> WithLibrariesAsync(
        IReadOnlyList<string> programs, string folder, CancellationToken cancellationToken)
    {
        var layer = new ImageLayer();
        layer.AddFolder("tmp", Anybody);
        foreach (var program in programs)
        {
            var path = PathOf(program);
            layer.AddFile($"{folder}/{program}", path);
            await AddLibrariesAsync(layer, path, cancellationToken);
        }

        return layer;
    }

    /// <summary>Busybox with a link for each of its programs.</summary>
    internal static async Task<ImageLayer> BusyboxAsync(CancellationToken cancellationToken)
    {
        var path = PathOf("busybox");
        var layer = new ImageLayer();
        layer.AddFile("bin/busybox", path);
        await AddLibrariesAsync(layer, path, cancellationToken);
        var list = await Command.MustRunAsync([path, "--list"], cancellationToken: cancellationToken);
        foreach (var applet in list.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(a => a != "busybox"))
        {
            layer.AddLink($"bin/{applet}", "busybox");
        }

        return layer;
    }

    /// <summary>What the service-sidekick container gives to the others.</summary>
    internal static ImageLayer RkeTools()
    {
        var layer = new ImageLayer();
        layer.AddFolder("opt/rke-tools");
        layer.AddText("opt/rke-tools/entrypoint.sh", Entrypoint);
        layer.AddText(ApiServerStandIn.Path.TrimStart('/'), ApiServerStandIn.Script);
        return layer;
    }

    private static string PathOf(string program) => Packages.Find(program) ?? throw new LabException($"{program} is not on the PATH");

    private static async Task AddLibrariesAsync(ImageLayer layer, string path, CancellationToken cancellationToken)
    {
        // `name => /path (address)` for libraries and `/path (address)` for the loader; ldd fails for static programs.
        var ldd = await Command.RunAsync(["ldd", path], cancellationToken: cancellationToken);
        foreach (var library in ldd.StandardOutput.Split([' ', '\n', '\t']).Where(w => ldd.Succeeded && w.StartsWith('/')))
        {
            layer.AddFile(library.TrimStart('/'), library);
        }
    }
}
