namespace RkeEtcdPs.Lab.Recovery.Tests;

/// <summary>What a cluster holds, to be compared key by key.</summary>
internal static class Keys
{
    /// <summary>All keys and values, as a member answers.</summary>
    public static async Task<string> ReadAsync(LabHost host)
        => (await host.EtcdctlAsync("get", "", "--prefix", "--command-timeout=10s")).OrThrow().StandardOutput;

    /// <summary>Writes some keys.</summary>
    public static async Task WriteAsync(LabHost host, string prefix, int count = 5)
    {
        for (int i = 0; i < count; i++)
        {
            await host.PutAsync($"/registry/{prefix}/{i}", $"{prefix} {i}");
        }
    }
}
