namespace RkeEtcdPs.Lab.Machine;

/// <summary>The signals the lab sends, with their numbers on Linux.</summary>
internal enum Signal
{
    Kill = 9,
    Continue = 18,
    Stop = 19,
}
