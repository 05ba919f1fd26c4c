namespace RkeEtcdPs.Engine.Configuration;

/// <summary><c>services.kube-api</c> of cluster.yml, as far as it is read here.</summary>
public sealed record KubeApiService
{
    /// <summary><c>extra_args</c>: flag (without dashes) to value; they override RKE's own.</summary>
    public IReadOnlyDictionary<string, string> ExtraArgs { get; init; } = new Dictionary<string, string>();

    /// <summary><c>extra_args_array</c>: flag (without dashes) to values, one flag for each; they override <see cref="ExtraArgs"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ExtraArgsArray { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>What the file gives for a flag; several values are separated by commas; null when it gives nothing.</summary>
    /// <param name="flag">The flag, without dashes.</param>
    public string? ExtraArg(string flag)
        => ExtraArgsArray.TryGetValue(flag, out IReadOnlyList<string>? values) && values.Count > 0 ? string.Join(',', values)
            : ExtraArgs.TryGetValue(flag, out string? value) && value.Length > 0 ? value
            : null;

    /// <inheritdoc />
    public override string ToString() => "kube-api";
}
