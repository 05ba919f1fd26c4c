using System.Net.NetworkInformation;
using Xunit;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>What the in-process transport must not leave behind once it is disposed of.</summary>
internal static class ManagedSshRemains
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    /// <summary>Fails when a connection to a host is open here, a command of it still runs there after a moment, or a save left something there.</summary>
    public static async Task AssertNoneAsync(IReadOnlyList<LabHost> hosts)
    {
        await Remains.AssertNoneOnAsync(hosts);
        foreach (LabHost host in hosts)
        {
            Assert.DoesNotContain(
                IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections(),
                connection => connection.RemoteEndPoint.Address.ToString() == host.Address
                    && connection.RemoteEndPoint.Port == host.Port
                    && connection.State == TcpState.Established);
            // It ends when its streams do, of which the host has yet to hear.
            using CancellationTokenSource limit = new(Limit);
            while (Directory.EnumerateDirectories("/proc").Any(process => IsCommandOn(host, process)))
            {
                await Task.Delay(100, limit.Token);
            }
        }
    }

    private static bool IsCommandOn(LabHost host, string process)
    {
        try
        {
            return File.Exists($"{process}/cmdline")
                && File.ReadAllText($"{process}/cmdline").Contains("system\0dial-stdio", StringComparison.Ordinal)
                && NetworkOf(process) == NetworkOf($"/proc/{host.Description.Init.Pid}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // It has ended.
        }
    }

    private static string? NetworkOf(string process) => File.ResolveLinkTarget($"{process}/ns/net", returnFinalTarget: false)?.Name;
}
