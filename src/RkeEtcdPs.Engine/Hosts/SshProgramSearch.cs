namespace RkeEtcdPs.Engine.Hosts;

/// <summary>Looks for the ssh program without starting it.</summary>
internal static class SshProgramSearch
{
    /// <summary>True when the program, a name or a path, is there and may be run.</summary>
    public static bool Finds(string program) => Path.GetFileName(program) != program
        ? IsProgram(program)
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => IsProgram(Path.Join(folder, program)));

    private static bool IsProgram(string path) => OperatingSystem.IsWindows()
        ? File.Exists(path) || File.Exists(path + ".exe")
        : File.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
