using System.Collections;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>All of some copies but one. The copies of a large group share one list, which each of them sees without itself.</summary>
/// <param name="all">All of them.</param>
/// <param name="one">The index of the one that is left out.</param>
internal sealed class OtherCopies(IReadOnlyList<string> all, int one) : IReadOnlyList<string>
{
    public int Count => all.Count - 1;

    public string this[int index] => index < 0 || index >= Count ? throw new ArgumentOutOfRangeException(nameof(index)) : all[index < one ? index : index + 1];

    public IEnumerator<string> GetEnumerator() => Enumerable.Range(0, Count).Select(index => this[index]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
