using System.Runtime.InteropServices;

namespace RkeEtcdPs.Lab.Machine;

/// <summary>The calls of the C library that .NET does not offer.</summary>
internal static partial class Libc
{
    /// <summary>CLONE_NEWNET of setns(2).</summary>
    internal const int NetworkNamespace = 0x40000000;

    /// <summary>kill(2): 0, or -1.</summary>
    [LibraryImport("libc", EntryPoint = "kill")]
    internal static partial int Kill(int pid, int signal);

    /// <summary>setns(2) of the calling thread: 0, or -1.</summary>
    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    internal static partial int SetNamespace(SafeHandle descriptor, int kind);

    /// <summary>geteuid(2).</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();
}
