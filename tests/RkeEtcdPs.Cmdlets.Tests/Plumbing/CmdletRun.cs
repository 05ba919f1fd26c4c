using System.Management.Automation;
using System.Reflection;
using RkeEtcdPs.Cmdlets.Plumbing;

namespace RkeEtcdPs.Cmdlets.Tests.Plumbing;

/// <summary>Runs a cmdlet as PowerShell does: once for each input, then the end.</summary>
internal static class CmdletRun
{
    /// <summary>Runs a cmdlet for the inputs that <paramref name="bind"/> binds, one after the other; once when there are none.</summary>
    public static RecordingHost Run<T>(T cmdlet, RecordingHost? host = null, params Action<T>[] bind)
        where T : HostedCmdlet
    {
        host ??= new RecordingHost();
        cmdlet.CmdletHost = host;
        foreach (Action<T> input in bind.DefaultIfEmpty(_ => { }))
        {
            input(cmdlet);
            Call(cmdlet, "ProcessRecord");
        }

        Call(cmdlet, "EndProcessing");
        return host;
    }

    /// <summary>Stops a cmdlet, as Ctrl+C does.</summary>
    public static void Stop(HostedCmdlet cmdlet) => Call(cmdlet, "StopProcessing");

    private static void Call(Cmdlet cmdlet, string method) =>
        cmdlet.GetType()
            .GetMethod(method, BindingFlags.Instance | BindingFlags.NonPublic)!
            .Invoke(cmdlet, BindingFlags.DoNotWrapExceptions, null, null, null);
}
