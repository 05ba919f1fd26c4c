using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using RkeEtcdPs.Lab.Machine;

namespace RkeEtcdPs.Lab.Network;

/// <summary>Opens sockets in the network namespace of a host, whether or not the machine has a way to it.</summary>
internal static class NetworkNamespace
{
    /// <summary>A connected TCP stream.</summary>
    /// <param name="init">A process of the host.</param>
    /// <param name="endpoint">As the host sees it.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    internal static async Task<Stream> ConnectAsync(ProcessMark init, IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        var socket = OpenSocket(init.Pid);
        try
        {
            await socket.ConnectAsync(endpoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket OpenSocket(int pid)
    {
        // setns moves one thread. It is a thread of its own, which ends after this, so that nothing else ever runs there.
        Socket? socket = null;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var descriptor = File.OpenHandle($"/proc/{pid}/ns/net");
                if (Libc.SetNamespace(descriptor, Libc.NetworkNamespace) != 0)
                {
                    throw new LabException($"setns: {Marshal.GetLastPInvokeErrorMessage()}");
                }

                socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            }
            catch (Exception e) when (e is IOException or SocketException or LabException)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return socket ?? throw new LabException($"no socket in the network namespace of {pid}: {failure?.Message}", failure);
    }
}
