using RkeEtcdPs.Lab.Machine;

namespace RkeEtcdPs.Lab.State;

/// <summary>The first file in a state folder: that it is one, and whose.</summary>
/// <param name="Owner">The process that starts the lab.</param>
/// <param name="Detached">True when the lab outlives its owner.</param>
/// <param name="Instance">The instance number; null until one has been claimed.</param>
internal sealed record LabClaim(ProcessMark Owner, bool Detached, int? Instance = null);
