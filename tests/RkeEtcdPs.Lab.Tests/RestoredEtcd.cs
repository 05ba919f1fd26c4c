using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>A throw-away etcd on this machine, restored from a snapshot with plain etcdctl.</summary>
internal static class RestoredEtcd
{
    /// <summary>All keys in the snapshot, as an etcd that was restored from it answers.</summary>
    public static async Task<IReadOnlyList<string>> ReadKeysAsync(string snapshot)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory();
        try
        {
            string data = Path.Combine(folder.FullName, "data");
            await EtcdctlAsync("snapshot", "restore", snapshot, "--data-dir", data);
            string client = $"http://127.0.0.1:{FreePort()}";
            string peer = $"http://127.0.0.1:{FreePort()}";
            using Process etcd = Process.Start(new ProcessStartInfo(
                "etcd",
                ["--data-dir", data, "--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer, "--log-level", "error"])
            { RedirectStandardError = true })!;
            try
            {
                await EtcdctlAsync("--endpoints", client, "--dial-timeout", "20s", "--command-timeout", "20s", "endpoint", "health");
                string keys = await EtcdctlAsync("--endpoints", client, "get", "", "--prefix", "--keys-only");
                return keys.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            }
            finally
            {
                etcd.Kill();
                await etcd.WaitForExitAsync();
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> EtcdctlAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("etcdctl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ETCDCTL_API"] = "3";
        using Process etcdctl = Process.Start(start)!;
        Task<string> error = etcdctl.StandardError.ReadToEndAsync();
        string output = await etcdctl.StandardOutput.ReadToEndAsync();
        await etcdctl.WaitForExitAsync();
        return etcdctl.ExitCode == 0 ? output : throw new InvalidOperationException($"etcdctl {string.Join(' ', arguments)}: {await error}");
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
