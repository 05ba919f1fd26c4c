using RkeEtcdPs.Engine.Certificates;

namespace RkeEtcdPs.Engine.Recovery.NewHosts;

/// <summary>A certificate that a host is given.</summary>
/// <param name="CertificateFile">The name of its file in the folder of the host's certificates.</param>
/// <param name="KeyFile">That of its key; null for an authority, of which a host only needs the certificate.</param>
/// <param name="Reason">Why, to be read after its name.</param>
internal sealed record NewCertificate(string CertificateFile, string? KeyFile, string Reason)
{
    /// <summary>The one that was given for it; null when it is to be issued.</summary>
    public IssuedCertificate? Given { get; init; }

    /// <summary>Whom it is for; null for an authority.</summary>
    public CertificateSubject? Subject { get; init; }
}
