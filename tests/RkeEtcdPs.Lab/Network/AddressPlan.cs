namespace RkeEtcdPs.Lab.Network;

/// <summary>The addresses and link names of one lab: two networks of 256 addresses, with the instance number in the third byte.</summary>
/// <param name="instance">0 to 255.</param>
internal sealed class AddressPlan(int instance)
{
    /// <summary>The network the machine is on.</summary>
    internal string Front => $"10.213.{instance}.0/24";

    /// <summary>The network only hosts are on.</summary>
    internal string Inner => $"10.214.{instance}.0/24";

    /// <summary>The machine's address.</summary>
    internal string Machine => $"10.213.{instance}.1";

    /// <summary>The link of the machine, whose name is the claim on the instance number.</summary>
    internal string MachineLink => $"{State.LabFolder.Prefix}{instance}";

    /// <summary>An address on the machine's network.</summary>
    /// <param name="host">2 to 254.</param>
    internal string OnFront(int host) => $"10.213.{instance}.{host}";

    /// <summary>An address on the hosts' own network.</summary>
    /// <param name="host">2 to 254.</param>
    internal string OnInner(int host) => $"10.214.{instance}.{host}";
}
