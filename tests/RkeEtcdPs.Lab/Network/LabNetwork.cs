using System.Globalization;
using RkeEtcdPs.Lab.Machine;

namespace RkeEtcdPs.Lab.Network;

/// <summary>The bridges of a lab, in a network namespace of their own, where the machine's firewall does not see what passes.</summary>
/// <param name="holder">The process that holds that namespace.</param>
internal sealed class LabNetwork(ProcessMark holder)
{
    /// <summary>The bridge the machine is plugged into.</summary>
    internal const string FrontBridge = "front";

    /// <summary>The bridge between the hosts.</summary>
    internal const string InnerBridge = "inner";

    /// <summary>A host's interface there.</summary>
    internal const string FrontInterface = "eth0";

    private const int Instances = 256;

    /// <summary>Makes the bridges and the machine's link, and so claims an instance number.</summary>
    /// <returns>The instance number.</returns>
    /// <exception cref="LabException">No number is free.</exception>
    internal async Task<int> ClaimAsync(CancellationToken cancellationToken)
    {
        await InSwitchAsync(
            $"link add {FrontBridge} type bridge\nlink add {InnerBridge} type bridge\nlink set {FrontBridge} up\nlink set {InnerBridge} up",
            cancellationToken);
        var routes = await Command.MustRunAsync(["ip", "-4", "route", "show", "table", "all"], cancellationToken: cancellationToken);
        var first = Random.Shared.Next(Instances);
        foreach (var instance in Enumerable.Range(0, Instances).Select(n => (first + n) % Instances))
        {
            var plan = new AddressPlan(instance);
            if (!routes.StandardOutput.Contains(plan.Front, StringComparison.Ordinal) && await TryClaimAsync(plan, cancellationToken))
            {
                return instance;
            }
        }

        throw new LabException("no instance number is free: there are 256 labs, or their addresses are in use");
    }

    /// <summary>Plugs a host into a bridge and gives it its address.</summary>
    /// <param name="init">The host's first process.</param>
    /// <param name="leg">Which interface.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    internal async Task ConnectAsync(ProcessMark init, Leg leg, CancellationToken cancellationToken)
    {
        await InSwitchAsync(
            $"link add {leg.Port} type veth peer name {leg.Interface} netns {init.Pid}\nlink set {leg.Port} master {leg.Bridge} up",
            cancellationToken);
        await BatchAsync(init, $"addr add {leg.Address}/24 dev {leg.Interface}\nlink set {leg.Interface} up", cancellationToken);
    }

    /// <summary>Pulls a host's plug, or puts it in again. The host and the others only see silence.</summary>
    internal Task SetPortAsync(string port, bool up, CancellationToken cancellationToken) =>
        InSwitchAsync($"link set {port} {(up ? "up" : "down")}", cancellationToken);

    /// <summary>Gives the front link of a host a speed, the same in both directions.</summary>
    internal async Task SetSpeedAsync(ProcessMark init, string port, long bitsPerSecond, CancellationToken cancellationToken)
    {
        foreach (var (process, device) in new[] { (holder, port), (init, FrontInterface) })
        {
            var rule = string.Create(CultureInfo.InvariantCulture, $"qdisc replace dev {device} root tbf rate {bitsPerSecond}bit burst 1mb latency 100ms");
            await Command.MustRunAsync(Enter(process, "tc"), rule, cancellationToken: cancellationToken);
        }
    }

    private async Task<bool> TryClaimAsync(AddressPlan plan, CancellationToken cancellationToken)
    {
        // Made from inside: when the namespace ends, both ends of the link end, whatever else went wrong.
        var script = $"link add uplink type veth peer name {plan.MachineLink} netns {Environment.ProcessId}\nlink set uplink master {FrontBridge} up";
        var made = await Command.RunAsync(Enter(holder, "ip"), script, cancellationToken: cancellationToken);
        if (!made.Succeeded)
        {
            return Directory.Exists($"/sys/class/net/{plan.MachineLink}") ? false : throw new LabException(made.OrThrow().CommandLine);
        }

        // The hosts' own network has a route too, into a wire on which nobody answers: packets for it must never leave the machine.
        var machine = $"addr add {plan.Machine}/24 dev {plan.MachineLink}\nlink set {plan.MachineLink} up\nroute add {plan.Inner} dev {plan.MachineLink}";
        await Command.MustRunAsync(["ip", "-batch", "-"], machine, cancellationToken: cancellationToken);
        return true;
    }

    private Task<CommandResult> InSwitchAsync(string script, CancellationToken cancellationToken) => BatchAsync(holder, script, cancellationToken);

    private static Task<CommandResult> BatchAsync(ProcessMark process, string script, CancellationToken cancellationToken) =>
        Command.MustRunAsync(Enter(process, "ip"), script, cancellationToken: cancellationToken);

    private static string[] Enter(ProcessMark process, string program) =>
        ["nsenter", "--target", process.Pid.ToString(CultureInfo.InvariantCulture), "--net", "--", program, "-batch", "-"];
}
