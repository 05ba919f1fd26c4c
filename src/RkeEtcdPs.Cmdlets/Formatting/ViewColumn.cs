using System.Management.Automation;

namespace RkeEtcdPs.Cmdlets.Formatting;

/// <summary>How a property reads in a view. An index and not a method: the scripts of views in a ConstrainedLanguage session may read, but call nothing.</summary>
public sealed class ViewColumn
{
    private readonly Func<PSObject, string, string> _read;

    internal ViewColumn(Func<PSObject, string, string> read) => _read = read;

    internal ViewColumn(Func<object, string> read)
        : this((item, property) => item.Properties[property]?.Value is { } value ? read(value) : "")
    {
    }

    /// <summary>The text of a property of an object, or of what is left of the object after a file, a job or another machine; empty for null.</summary>
    /// <param name="item">The object.</param>
    /// <param name="property">The name of its property.</param>
    public string this[PSObject item, string property] => _read(item, property);
}
