namespace RkeEtcdPs.Engine.Configuration.Yaml;

/// <summary>A single value, as the text that stands for it.</summary>
/// <param name="Line">The line of its first character, from 1.</param>
/// <param name="Column">The column of its first character, from 1.</param>
/// <param name="Text">The text, with quotes and escapes resolved.</param>
/// <param name="IsPlain">True when it has neither quotes nor a tag, and so may mean a null, a boolean or a number.</param>
/// <param name="HasForeignTag">True when its tag gives it a meaning beyond YAML's own types, such as an encrypted value.</param>
internal sealed record YamlScalar(int Line, int Column, string Text, bool IsPlain, bool HasForeignTag) : YamlElement(Line, Column)
{
    /// <summary>True when it stands for "not given".</summary>
    public bool IsNull => IsPlain && Text is ("" or "~" or "null" or "Null" or "NULL");

    /// <summary>True when it is null or an empty text; RKE takes both for "not given".</summary>
    public bool IsEmpty => IsNull || (Text.Length == 0 && !HasForeignTag);

    /// <summary>Keeps the text out of anything that prints.</summary>
    public override string ToString() => $"scalar at {Line}:{Column}";
}
