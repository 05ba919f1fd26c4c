using System.Net.Sockets;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Docker;

/// <summary>A socket on which something answers that is no engine and does not stop.</summary>
public sealed class EndlessAnswerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("endless-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Answer_without_end_is_cut_off_and_told()
    {
        string path = Path.Combine(_folder, "docker.sock");
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Task<long> talking = TalkAsync(listener);
        RkeNode node = new() { ClusterName = "c", Name = "n1", Address = "127.0.0.1", InternalAddress = "127.0.0.1", Roles = NodeRoles.Etcd, DockerSocket = path };

        DockerUnavailableException failure = await Assert.ThrowsAsync<DockerUnavailableException>(
            () => DockerEngine.ConnectAsync(node, new HostOptions(), CancellationToken.None)).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Contains("does not stop talking", failure.Message);
        // What it was let say, and what the system's buffers hold.
        Assert.InRange(await talking, 1, 16 << 20);
    }

    private static async Task<long> TalkAsync(Socket listener)
    {
        using Socket client = await listener.AcceptAsync();
        byte[] bytes = new byte[64 * 1024];
        await client.ReceiveAsync(bytes);
        await client.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"Version\":\""u8.ToArray());
        bytes.AsSpan().Fill((byte)'1');
        long said = 0;
        try
        {
            while (true)
            {
                said += await client.SendAsync(bytes);
            }
        }
        catch (SocketException)
        {
            return said;
        }
    }
}
