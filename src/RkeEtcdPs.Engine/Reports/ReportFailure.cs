using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Reports;

/// <summary>A part of the picture that is missing, and why.</summary>
/// <param name="Place">The node, folder or bucket.</param>
/// <param name="Failure">The cause.</param>
public sealed record ReportFailure(string Place, EtcdSnapshotException Failure);
