using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Configuration;

/// <summary>A <c>cluster.rkestate</c> cannot be read, or is none.</summary>
public sealed class StateFileInvalidException : EtcdSnapshotException
{
    internal StateFileInvalidException(string source, string cause)
        : base(
            FailureCategory.InvalidData,
            $"{source} is no state of a cluster as RKE writes it: {cause}.",
            "RKE keeps it beside cluster.yml as cluster.rkestate. Name another one with -StateFile. Nothing was changed.")
    {
    }
}
