using System.Globalization;

namespace RkeEtcdPs.Lab.Machine;

/// <summary>Names one process for ever: a pid alone is used again after its process has ended.</summary>
/// <param name="Pid">The pid, in the machine's pid namespace.</param>
/// <param name="Started">When it started, in clock ticks since boot (field 22 of /proc/PID/stat).</param>
public sealed record ProcessMark(int Pid, long Started)
{
    /// <summary>True while that very process runs; a zombie does not.</summary>
    public bool IsAlive() => Read(Pid) is { State: not ('Z' or 'X') } now && now.Started == Started;

    /// <summary>The mark of a running process; null when there is none with that pid.</summary>
    internal static ProcessMark? Of(int pid) => Read(pid) is { } now ? new ProcessMark(pid, now.Started) : null;

    /// <summary>Sends a signal, unless the process has ended.</summary>
    internal void Send(Signal signal)
    {
        if (IsAlive())
        {
            _ = Libc.Kill(Pid, (int)signal);
        }
    }

    private static (char State, long Started)? Read(int pid)
    {
        try
        {
            // The second field is the program's name in parentheses, which may hold spaces and parentheses itself.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0][0], long.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
