using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RkeEtcdPs.Help;

/// <summary>XML comments as text for those who use what they describe: references by the name that is typed, inherited ones from where they stand.</summary>
/// <param name="files">The files that the compiler writes beside assemblies.</param>
internal sealed partial class CommentText(IEnumerable<string> files)
{
    private readonly Dictionary<string, XElement> _members = files
        .SelectMany(file => XDocument.Load(file, LoadOptions.PreserveWhitespace).Descendants("member"))
        .GroupBy(member => (string)member.Attribute("name")!)
        .ToDictionary(same => same.Key, same => same.First());

    /// <summary>What is said of a type; empty when nothing is.</summary>
    public string Of(Type type) => Summary($"T:{type.FullName}") is { } summary ? Render(summary) : "";

    /// <summary>What is said of a property, or of the one that it overrides; empty when nothing is.</summary>
    public string Of(PropertyInfo property)
    {
        for (Type? type = property.DeclaringType; type is not null; type = type.BaseType)
        {
            if (Summary($"P:{type.FullName}.{property.Name}") is { } summary)
            {
                return Render(summary);
            }
        }

        return "";
    }

    private XElement? Summary(string member) => _members.GetValueOrDefault(member)?.Element("summary");

    private static string Render(XElement element)
    {
        StringBuilder text = new();
        foreach (XNode node in element.Nodes())
        {
            text.Append(node switch
            {
                XText plain => plain.Value,
                XElement { Name.LocalName: "see" or "seealso" } see => Reference(see),
                XElement { Name.LocalName: "paramref" or "typeparamref" } named => (string?)named.Attribute("name"),
                XElement inner => Render(inner),
                _ => "",
            });
        }

        return Spaces().Replace(text.ToString(), " ").Trim();
    }

    // What is a property of a cmdlet's class, a cmdlet's user knows as a parameter.
    private static string Reference(XElement see)
    {
        if (see.Attribute("cref") is not { Value: var target })
        {
            return (string?)see.Attribute("langword") ?? (string?)see.Attribute("href") ?? see.Value;
        }

        string[] parts = target[2..].Split('(')[0].Split('.');
        string owner = parts.Length > 1 ? parts[^2] : "";
        return target[0] == 'P' && (owner.EndsWith("Cmdlet", StringComparison.Ordinal) || owner.EndsWith("Command", StringComparison.Ordinal)) ? $"-{parts[^1]}" : parts[^1];
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
