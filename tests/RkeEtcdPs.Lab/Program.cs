using RkeEtcdPs.Lab;
using RkeEtcdPs.Lab.Verbs;

var verbs = new Dictionary<string, IVerb>
{
    ["up"] = new UpVerb(),
    ["status"] = new StatusVerb(),
    ["down"] = new DownVerb(),
    ["demo"] = new DemoVerb(),
};

using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    // What has been begun is taken down before the process ends.
    pressed.Cancel = true;
    interrupted.Cancel();
};

try
{
    if (args.Length == 0 || !verbs.TryGetValue(args[0], out var verb))
    {
        throw new UsageException("no such verb");
    }

    return await verb.RunAsync(args[1..], interrupted.Token);
}
catch (UsageException e)
{
    await Console.Error.WriteLineAsync($"{e.Message}\nusage:\n{string.Join('\n', verbs.Values.Select(v => v.Usage))}");
    return 2;
}
catch (Exception e) when (e is LabException or LabUnavailableException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("interrupted; nothing is left");
    return 130;
}
