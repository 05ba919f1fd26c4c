using System.Globalization;
using RkeEtcdPs.Lab.Machine;

namespace RkeEtcdPs.Lab.Hosts;

/// <summary>Runs programs of the machine inside the namespaces of a host.</summary>
/// <param name="init">The host's first process.</param>
internal sealed class HostShell(ProcessMark init)
{
    /// <summary>Runs a program to its end.</summary>
    internal Task<CommandResult> RunAsync(
        IReadOnlyList<string> commandLine, string? input = null, TimeSpan? limit = null, CancellationToken cancellationToken = default) =>
        Command.RunAsync([.. Enter(), .. commandLine], input, limit, cancellationToken);

    /// <summary>Starts a program that goes on running as a child of the host's first process.</summary>
    /// <param name="log">A path in the host, to which its output is appended.</param>
    /// <param name="commandLine">The program and its arguments.</param>
    /// <param name="cancellationToken">Ends the start, not the program.</param>
    internal Task StartDaemonAsync(string log, IReadOnlyList<string> commandLine, CancellationToken cancellationToken) => Command.MustRunAsync(
        [.. Enter(), "setsid", "--fork", "sh", "-c", "exec \"$@\" >>\"$0\" 2>&1 </dev/null", log, .. commandLine],
        cancellationToken: cancellationToken);

    private string[] Enter() =>
        ["nsenter", "--target", init.Pid.ToString(CultureInfo.InvariantCulture), "--mount", "--uts", "--ipc", "--net", "--pid", "--"];
}
