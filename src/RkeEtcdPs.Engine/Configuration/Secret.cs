namespace RkeEtcdPs.Engine.Configuration;

/// <summary>A value that must not reach output, logs or errors: a password or an inline private key.</summary>
/// <remarks>It prints, formats and serialises as <c>***</c>; only <see cref="Reveal"/> gives the value, to the one place that needs it.</remarks>
public sealed class Secret : IEquatable<Secret>
{
    private readonly string _value;

    /// <summary>Wraps a value.</summary>
    public Secret(string value) => _value = value;

    /// <summary>The value itself. Call it only where the value is handed to what consumes it.</summary>
    public string Reveal() => _value;

    /// <inheritdoc />
    public override string ToString() => "***";

    /// <inheritdoc />
    public bool Equals(Secret? other) => other is not null && _value == other._value;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as Secret);

    /// <inheritdoc />
    public override int GetHashCode() => _value.GetHashCode(StringComparison.Ordinal);
}
