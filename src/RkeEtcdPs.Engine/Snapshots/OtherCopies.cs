using System.Collections;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>All of some copies but one. The copies of a large group share one list, which each of them sees without itself.</summary>
/// <param name="all">All of them.</param>
/// <param name="one">The index of the one that is left out; that behind the last for none.</param>
internal sealed class OtherCopies(IReadOnlyList<string> all, int one) : IReadOnlyList<string>
{
    /// <summary>No other copies.</summary>
    public static readonly OtherCopies None = new([], 0);

    public int Count => one < all.Count ? all.Count - 1 : all.Count;

    public string this[int index] => index < 0 || index >= Count ? throw new ArgumentOutOfRangeException(nameof(index)) : all[index < one ? index : index + 1];

    /// <summary>Some copies as such a list.</summary>
    public static OtherCopies Of(IReadOnlyList<string> copies) => copies as OtherCopies ?? (copies.Count == 0 ? None : new OtherCopies(copies, copies.Count));

    public IEnumerator<string> GetEnumerator() => Enumerable.Range(0, Count).Select(index => this[index]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>All of them, for a table of text such as Export-Csv writes.</summary>
    public override string ToString() => string.Join(", ", this);
}
