using System.Collections.Concurrent;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>The helper containers that this process minds at the moment.</summary>
/// <remarks>
/// Of the whole process, because their labels name it: a session in which an operation broke off must not be locked out by what that left behind, nor
/// one of its threads by a host that another one works on.
/// </remarks>
internal static class LiveHelpers
{
    private static readonly ConcurrentDictionary<string, bool> Ids = new();

    public static bool Contains(string id) => Ids.ContainsKey(id);

    public static void Add(string id) => Ids[id] = true;

    public static void Remove(string id) => Ids.TryRemove(id, out _);
}
