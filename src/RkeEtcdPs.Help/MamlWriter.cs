using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace RkeEtcdPs.Help;

/// <summary>Writes the help file that Get-Help reads, in Microsoft Assistance Markup Language.</summary>
internal static class MamlWriter
{
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";
    private static readonly XNamespace Items = "http://msh";

    /// <summary>Writes the help of cmdlets. The same input gives the same bytes.</summary>
    public static void Write(IEnumerable<CmdletDescription> cmdlets, Func<string, CmdletText> textOf, string path)
    {
        XElement root = new(Items + "helpItems", new XAttribute("schema", "maml"), cmdlets.Select(cmdlet => Describe(cmdlet, textOf(cmdlet.Name))));
        XmlWriterSettings settings = new() { Encoding = new UTF8Encoding(false), Indent = true, NewLineChars = "\n", NewLineHandling = NewLineHandling.None };
        using XmlWriter writer = XmlWriter.Create(path, settings);
        new XDocument(root).Save(writer);
    }

    private static XElement Describe(CmdletDescription cmdlet, CmdletText text) => new(
        Command + "command",
        new XAttribute(XNamespace.Xmlns + "maml", Maml),
        new XAttribute(XNamespace.Xmlns + "command", Command),
        new XAttribute(XNamespace.Xmlns + "dev", Dev),
        new XElement(
            Command + "details",
            new XElement(Command + "name", cmdlet.Name),
            new XElement(Command + "verb", cmdlet.Verb),
            new XElement(Command + "noun", cmdlet.Noun),
            Description([text.Synopsis is [] ? cmdlet.Summary : text.Synopsis])),
        new XElement(Maml + "description", Paragraphs(text.Description)),
        new XElement(Command + "syntax", cmdlet.Sets.Select(set => new XElement(
            Command + "syntaxItem",
            new XElement(Maml + "name", cmdlet.Name),
            cmdlet.Of(set).Select(bound => Describe(bound.Parameter, bound.Binding, inSyntax: true))))),
        new XElement(Command + "parameters", cmdlet.Parameters.Select(parameter => Describe(parameter, Widest(parameter), inSyntax: false))),
        new XElement(Command + "inputTypes", Inputs(cmdlet).Select(input => Typed("inputType", input.Type, input.Text))),
        new XElement(Command + "returnValues", cmdlet.Outputs.Select(output => Typed("returnValue", output.Type, output.Text))),
        new XElement(Maml + "alertSet", new XElement(Maml + "alert", Paragraphs(text.Notes))),
        new XElement(Command + "examples", text.Examples.Select((example, index) => new XElement(
            Command + "example",
            new XElement(Maml + "title", $"---------- Example {index + 1}: {example.Title} ----------"),
            new XElement(Dev + "code", example.Code),
            // The empty line keeps the next title away.
            new XElement(Dev + "remarks", Paragraphs(example.Remarks), new XElement(Maml + "para"), new XElement(Maml + "para"))))),
        new XElement(Command + "relatedLinks", text.Links.Select(link => new XElement(
            Maml + "navigationLink", new XElement(Maml + "linkText", link), new XElement(Maml + "uri")))));

    private static XElement Describe(ParameterDescription parameter, ParameterBinding binding, bool inSyntax) => new(
        Command + "parameter",
        new XAttribute("required", binding.Mandatory),
        new XAttribute("variableLength", parameter.Type.EndsWith("[]", StringComparison.Ordinal)),
        new XAttribute("globbing", parameter.Wildcards),
        new XAttribute("pipelineInput", Pipeline(binding)),
        new XAttribute("position", binding.Position?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "named"),
        new XAttribute("aliases", parameter.Aliases is [] ? "none" : string.Join(", ", parameter.Aliases)),
        new XElement(Maml + "name", parameter.Name),
        inSyntax ? null : Description(parameter.Values is [] ? [parameter.Text] : [parameter.Text, $"One of: {string.Join(", ", parameter.Values)}."]),
        parameter.Values is [] || !inSyntax
            ? null
            : new XElement(Command + "parameterValueGroup", parameter.Values.Select(value => new XElement(
                Command + "parameterValue", new XAttribute("required", false), new XAttribute("variableLength", false), value))),
        parameter.IsSwitch && inSyntax
            ? null
            : new XElement(Command + "parameterValue", new XAttribute("required", !parameter.IsSwitch), new XAttribute("variableLength", parameter.Type.EndsWith("[]", StringComparison.Ordinal)), parameter.Type),
        new XElement(Dev + "type", new XElement(Maml + "name", parameter.Type), new XElement(Maml + "uri")),
        new XElement(Dev + "defaultValue", parameter.Default));

    // Of the sets that have it, what may be done with it in any of them.
    private static ParameterBinding Widest(ParameterDescription parameter) => new(
        parameter.Bindings.Values.All(binding => binding.Mandatory),
        parameter.Bindings.Values.Min(binding => binding.Position),
        parameter.Bindings.Values.Any(binding => binding.ByValue),
        parameter.Bindings.Values.Any(binding => binding.ByPropertyName));

    private static string Pipeline(ParameterBinding binding) => (binding.ByValue, binding.ByPropertyName) switch
    {
        (true, true) => "True (ByValue, ByPropertyName)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        _ => "False",
    };

    private static IEnumerable<(string Type, string Text)> Inputs(CmdletDescription cmdlet)
    {
        foreach (ParameterDescription parameter in cmdlet.Parameters)
        {
            ParameterBinding binding = Widest(parameter);
            if (binding.ByValue)
            {
                yield return (parameter.Type, $"For -{parameter.Name}. {parameter.Text}");
            }
            else if (binding.ByPropertyName)
            {
                yield return (parameter.Type, $"The property {string.Join(" or ", [parameter.Name, .. parameter.Aliases])} of any object, for -{parameter.Name}.");
            }
        }
    }

    private static XElement Typed(string element, string type, string text) =>
        new(Command + element, new XElement(Dev + "type", new XElement(Maml + "name", type)), Description([text]));

    private static XElement Description(IEnumerable<string> paragraphs) => new(Maml + "description", Paragraphs(paragraphs));

    private static IEnumerable<XElement> Paragraphs(IEnumerable<string> paragraphs) =>
        paragraphs.Where(paragraph => paragraph.Length > 0).Select(paragraph => new XElement(Maml + "para", paragraph));
}
