using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace RkeEtcdPs.Engine.Configuration.Yaml;

/// <summary>Reads the first document of a YAML text into elements. Hostile text costs bounded time, memory and stack.</summary>
/// <remarks>
/// An alias refers to the one element it names; nothing is expanded here. Whoever walks the result does meet it again each time,
/// so each alias is charged with the size of what it names.
/// </remarks>
internal sealed class YamlTreeReader
{
    private const int DeepestLevel = 50;
    private const long MostElements = 1_000_000;

    private readonly Scanner _scanner;
    private readonly Parser _parser;
    private readonly Findings _findings;
    private readonly Dictionary<string, Anchored?> _anchors = [];
    private long _elements;
    private ParsingEvent? _last;

    private YamlTreeReader(string text, Findings findings)
    {
        _scanner = new Scanner(new StringReader(text));
        _parser = new Parser(_scanner);
        _findings = findings;
    }

    /// <summary>Reads the root; null when the text holds no document.</summary>
    /// <exception cref="YamlUnreadableException">The text is not YAML, or larger than any cluster.yml can be.</exception>
    public static YamlElement? Read(string text, Findings findings) => new YamlTreeReader(text, findings).ReadFirstDocument();

    private YamlElement? ReadFirstDocument()
    {
        Next();
        if (Next() is not DocumentStart)
        {
            return null;
        }
        YamlElement root = ReadElement(Next(), 1).Element;
        Next();
        if (Next() is DocumentStart second)
        {
            _findings.Warn((int)second.Start.Line, (int)second.Start.Column, "a second document begins here; RKE reads only the first");
        }
        return root;
    }

    private Anchored ReadElement(ParsingEvent start, int level)
    {
        Count(start, 1);
        if (start is AnchorAlias alias)
        {
            return Follow(alias, level);
        }
        if (level > DeepestLevel)
        {
            throw Unreadable(start, $"nested more than {DeepestLevel} levels deep");
        }
        string? anchor = start is NodeEvent { Anchor.IsEmpty: false } node ? node.Anchor.Value : null;
        if (anchor is not null)
        {
            _anchors[anchor] = null;
        }
        long before = _elements;
        (YamlElement element, int height) = start switch
        {
            Scalar scalar => (ReadScalar(scalar), 1),
            SequenceStart => ReadSequence(start, level),
            MappingStart => ReadMapping(start, level),
            _ => throw Unreadable(start, "not a value"),
        };
        Anchored read = new(element, 1 + _elements - before, height);
        if (anchor is not null)
        {
            _anchors[anchor] = read;
        }
        return read;
    }

    private Anchored Follow(AnchorAlias alias, int level)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out Anchored? target))
        {
            throw Unreadable(alias, "an alias to an anchor that is not defined before it");
        }
        if (target is null)
        {
            throw Unreadable(alias, "an alias to the value that contains it");
        }
        Count(alias, target.Size);
        return level + target.Height - 1 > DeepestLevel ? throw Unreadable(alias, $"nested more than {DeepestLevel} levels deep") : target;
    }

    private static YamlScalar ReadScalar(Scalar scalar)
    {
        string? tag = scalar.Tag.IsEmpty ? null : scalar.Tag.Value;
        bool isText = tag is "!" or "tag:yaml.org,2002:str";
        bool isOwn = tag is null || isText || tag is "tag:yaml.org,2002:int" or "tag:yaml.org,2002:bool" or "tag:yaml.org,2002:null";
        bool isPlain = !isText && (scalar.Style == ScalarStyle.Plain || tag is not null);
        return new YamlScalar((int)scalar.Start.Line, (int)scalar.Start.Column, scalar.Value, isPlain, !isOwn);
    }

    private (YamlElement Element, int Height) ReadSequence(ParsingEvent start, int level)
    {
        List<YamlElement> items = [];
        int height = 0;
        for (ParsingEvent next = Next(); next is not SequenceEnd; next = Next())
        {
            Anchored item = ReadElement(next, level + 1);
            items.Add(item.Element);
            height = Math.Max(height, item.Height);
        }
        return (new YamlSequence((int)start.Start.Line, (int)start.Start.Column, items), height + 1);
    }

    private (YamlElement Element, int Height) ReadMapping(ParsingEvent start, int level)
    {
        List<KeyValuePair<YamlElement, YamlElement>> entries = [];
        int height = 0;
        for (ParsingEvent next = Next(); next is not MappingEnd; next = Next())
        {
            Anchored key = ReadElement(next, level + 1);
            Anchored value = ReadElement(Next(), level + 1);
            entries.Add(new(key.Element, value.Element));
            height = Math.Max(height, Math.Max(key.Height, value.Height));
        }
        return (new YamlMapping((int)start.Start.Line, (int)start.Start.Column, entries), height + 1);
    }

    private void Count(ParsingEvent at, long elements)
    {
        _elements += elements;
        if (_elements > MostElements)
        {
            throw Unreadable(at, $"more than {MostElements:N0} values, counting those repeated by aliases");
        }
    }

    private ParsingEvent Next()
    {
        try
        {
            _last = _parser.MoveNext() ? _parser.Current! : throw Unreadable(_last, "the text ends too early");
            return _last;
        }
        catch (YamlException e)
        {
            throw YamlSyntax.Describe(e, _scanner.CurrentPosition);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or OverflowException
            or IndexOutOfRangeException or NullReferenceException or InvalidCastException)
        {
            // The scanner has such holes for text no person writes; its state is lost, but the place is known.
            throw Unreadable(_last, "not valid YAML from here on");
        }
    }

    private static YamlUnreadableException Unreadable(ParsingEvent? at, string text)
        => new((int)(at?.Start.Line ?? 1), (int)(at?.Start.Column ?? 1), text);

    /// <param name="Element">What the anchor names.</param>
    /// <param name="Size">How many elements a walk meets.</param>
    /// <param name="Height">How many levels there are, itself included.</param>
    private sealed record Anchored(YamlElement Element, long Size, int Height);
}
