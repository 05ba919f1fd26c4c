using System.Collections.ObjectModel;

namespace RkeEtcdPs.Engine.Members;

/// <summary>Statements that read as one where a single text is wanted, as in a CSV file: joined by <c>; </c>.</summary>
/// <param name="statements">The statements.</param>
public sealed class StatementList(IList<string> statements) : ReadOnlyCollection<string>(statements)
{
    /// <inheritdoc />
    public override string ToString() => string.Join("; ", this);
}
