using System.Collections.Immutable;

namespace RkeEtcdPs.Lab.Cluster;

/// <summary>A container that every host of its role has.</summary>
/// <param name="Name">Its name, and RKE's label.</param>
/// <param name="Options">The options of <c>docker create</c> beside name, label and network.</param>
/// <param name="Command">The image, and what runs in it.</param>
/// <param name="Runs">False for a container that is only created, to hold volumes.</param>
internal sealed record ContainerPlan(string Name, ImmutableArray<string> Options, ImmutableArray<string> Command, bool Runs = true)
{
    /// <summary>The arguments of <c>docker</c> that create it.</summary>
    internal IReadOnlyList<string> CreateArguments =>
        ["create", "--name", Name, "--label", $"io.rancher.rke.container.name={Name}", "--network", "host", .. Options, .. Command];
}
