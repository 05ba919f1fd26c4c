using RkeEtcdPs.Lab.Demo;
using RkeEtcdPs.Lab.Machine;

namespace RkeEtcdPs.Lab.Verbs;

/// <summary>The main job on three real hosts, as a user would see it; the hosts are gone afterwards.</summary>
internal sealed class DemoVerb : IVerb
{
    private const string Key = "/registry/configmaps/default/demo";

    /// <inheritdoc />
    public string Usage => "demo";

    /// <inheritdoc />
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        new Options(arguments).End();
        Console.WriteLine("Starting three hosts, each with its own sshd, Docker engine and etcd member ...");
        await using var lab = await Lab.StartAsync(LabConfiguration.WithHosts(3), cancellationToken);
        var written = Guid.NewGuid().ToString();
        await lab.Hosts[0].PutAsync(Key, written, cancellationToken);

        IDemoShell shell = Packages.Find("pwsh") is { } pwsh ? new PwshShell(pwsh, lab) : new EngineShell(lab);
        Console.WriteLine($"Cluster file: {lab.Folder.ClusterYml}. {shell.Introduction}");
        var succeeded = await shell.ShowMembersAsync(cancellationToken)
            && await shell.SaveAsync("nightly", singleSource: false, expected: 3, cancellationToken)
            && await shell.SaveAsync("before-upgrade", singleSource: true, expected: 3, cancellationToken);

        Console.WriteLine("\nThe etcd container of node2 stops. What a save makes of that: two snapshots and one error.");
        await lab.Hosts[1].StopEtcdAsync(cancellationToken);
        succeeded = await shell.SaveAsync("one-down", singleSource: false, expected: 2, cancellationToken) && succeeded;

        var copies = lab.Hosts.Select(h => Path.Combine(h.SnapshotFolder, "before-upgrade")).ToList();
        var same = copies.TrueForAll(c => File.ReadAllBytes(c).AsSpan().SequenceEqual(File.ReadAllBytes(copies[0])));
        Console.WriteLine($"\nThe three copies of before-upgrade are {(same ? "the same, byte for byte" : "NOT the same")}.");
        succeeded = await shell.ListAsync(expected: 8, cancellationToken) && same && succeeded;
        succeeded = await shell.CopyAsync("before-upgrade", Path.Combine(lab.Folder.Root, "elsewhere"), cancellationToken) && succeeded;

        Console.WriteLine("\nNow it goes wrong: node2 is back, and somebody deletes all keys of the cluster.");
        await lab.Hosts[1].StartEtcdAsync(cancellationToken);
        await lab.Hosts[0].EtcdctlAsync(["del", "", "--prefix"], cancellationToken);
        var lost = await lab.Hosts[0].GetAsync(Key, cancellationToken) is null;
        succeeded = await shell.RestoreAsync("before-upgrade", cancellationToken) && succeeded;
        var back = await Task.WhenAll(lab.Hosts.Select(h => h.GetAsync(Key, cancellationToken)));
        var restored = lost && back.All(value => value == written);
        Console.WriteLine($"\nThe key that was written before the snapshot is {(restored ? "back on every member" : "NOT back")}.");
        succeeded = await shell.RestartAsync(cancellationToken) && restored && succeeded;

        Console.WriteLine(succeeded ? "The demo went as it should." : "The demo did NOT go as it should.");
        return succeeded ? 0 : 1;
    }
}
