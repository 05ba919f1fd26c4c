using System.Globalization;

namespace RkeEtcdPs.Lab.Verbs;

/// <summary>The options after a verb: <c>--name value</c> or <c>--name</c>. Each is taken once; what is left over is a mistake.</summary>
/// <param name="arguments">What follows the verb.</param>
internal sealed class Options(IEnumerable<string> arguments)
{
    private readonly List<string> _left = [.. arguments];

    /// <summary>True when the option is there.</summary>
    internal bool Flag(string name) => _left.Remove(name);

    /// <summary>The value of an option; null when it is not there.</summary>
    internal string? Value(string name)
    {
        var at = _left.IndexOf(name);
        if (at < 0)
        {
            return null;
        }

        if (at + 1 == _left.Count)
        {
            throw new UsageException($"{name} needs a value");
        }

        var value = _left[at + 1];
        _left.RemoveRange(at, 2);
        return value;
    }

    /// <summary>The value of an option that is a number; null when it is not there.</summary>
    internal int? Number(string name) => Value(name) switch
    {
        null => null,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        var text => throw new UsageException($"{name} needs a number, not {text}"),
    };

    /// <summary>Refuses what has not been taken.</summary>
    internal void End()
    {
        if (_left.Count > 0)
        {
            throw new UsageException($"not understood: {string.Join(' ', _left)}");
        }
    }
}
