using System.Text.RegularExpressions;

namespace RkeEtcdPs.Cmdlets.Tests.Commands;

/// <summary>The module as it lies in the checkout.</summary>
internal static class Manifest
{
    /// <summary>The top of the checkout.</summary>
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>The full path of the manifest.</summary>
    public static string FullName { get; } = Path.Combine(Root, "EtcdSnapshot.psd1");

    /// <summary>The names in <c>CmdletsToExport</c>.</summary>
    public static IReadOnlyList<string> Cmdlets()
    {
        string list = Regex.Match(File.ReadAllText(FullName), @"CmdletsToExport\s*=\s*@\((.*?)\)", RegexOptions.Singleline).Groups[1].Value;
        return [.. Regex.Matches(list, "'([^']+)'").Select(match => match.Groups[1].Value)];
    }

    /// <summary><c>ModuleVersion</c>.</summary>
    public static Version Version() =>
        new(Regex.Match(File.ReadAllText(FullName), @"ModuleVersion\s*=\s*'([^']+)'").Groups[1].Value);

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "EtcdSnapshot.psd1")) ? folder : FindRoot(Path.GetDirectoryName(folder)!);
}
