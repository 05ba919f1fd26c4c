using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Certificates;

/// <summary>A certificate with its key, both as PEM.</summary>
internal sealed record IssuedCertificate(string Certificate, Secret Key);
