using System.Collections.Concurrent;

namespace RkeEtcdPs.Lab.Hosts;

/// <summary>
/// The pipes that tie hosts to this process. They are never written to; the kernel closes them when this process ends, however it ends,
/// so they must only be kept from the garbage collector.
/// </summary>
internal static class OwnerPipes
{
    private static readonly ConcurrentBag<StreamWriter> Open = [];

    internal static void Add(StreamWriter pipe) => Open.Add(pipe);
}
