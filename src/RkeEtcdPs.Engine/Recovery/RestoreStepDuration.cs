namespace RkeEtcdPs.Engine.Recovery;

/// <summary>A step that ran on a host.</summary>
/// <param name="Step">Which.</param>
/// <param name="Duration">How long it took.</param>
public sealed record RestoreStepDuration(RestoreStep Step, TimeSpan Duration)
{
    /// <inheritdoc />
    public override string ToString() => FormattableString.Invariant($"{Step} {Duration.TotalSeconds:0.00} s");
}
