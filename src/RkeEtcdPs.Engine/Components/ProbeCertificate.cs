namespace RkeEtcdPs.Engine.Components;

/// <summary>A certificate to show to a component that is asked for its health, so that one which refuses anonymous requests answers too.</summary>
/// <param name="CertFile">Its path inside the container that asks.</param>
/// <param name="KeyFile">The path of its key there.</param>
internal sealed record ProbeCertificate(string CertFile, string KeyFile);
