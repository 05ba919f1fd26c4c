using System.Collections.Concurrent;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>The helper containers that this process minds at the moment, by the mark that each bears as a label.</summary>
/// <remarks>
/// Of the whole process, because their labels name it: a session in which an operation broke off must not be locked out by what that left behind, nor
/// one of its threads by a host that another one works on.
/// </remarks>
internal static class LiveHelpers
{
    private static readonly ConcurrentDictionary<string, bool> Marks = new();

    public static bool Contains(string mark) => Marks.ContainsKey(mark);

    /// <summary>The mark of a container that is about to be made.</summary>
    public static string Add()
    {
        string mark = Guid.NewGuid().ToString("N");
        Marks[mark] = true;
        return mark;
    }

    public static void Remove(string mark) => Marks.TryRemove(mark, out _);
}
