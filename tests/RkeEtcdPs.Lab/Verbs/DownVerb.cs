using RkeEtcdPs.Lab.State;

namespace RkeEtcdPs.Lab.Verbs;

/// <summary>Takes a lab down, and with it what other processes left behind when they were killed.</summary>
internal sealed class DownVerb : IVerb
{
    /// <inheritdoc />
    public string Usage => "down [--folder PATH]";

    /// <inheritdoc />
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var options = new Options(arguments);
        var folder = new LabFolder(options.Value("--folder") ?? LabFolder.Default);
        options.End();
        var removed = await Task.Run(() => LabRemains.Remove(folder), cancellationToken);
        await Task.Run(LabRemains.RemoveAbandoned, cancellationToken);
        Console.WriteLine(removed ? $"down: {folder.Root} is removed" : $"down already: no lab in {folder.Root}");
        return 0;
    }
}
