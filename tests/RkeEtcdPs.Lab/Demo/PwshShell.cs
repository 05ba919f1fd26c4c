using System.Diagnostics;

namespace RkeEtcdPs.Lab.Demo;

/// <summary>The cmdlets in PowerShell.</summary>
/// <param name="pwsh">The path of PowerShell.</param>
/// <param name="lab">The hosts.</param>
internal sealed class PwshShell(string pwsh, Lab lab) : IDemoShell
{
    /// <inheritdoc />
    public string Introduction => "What follows is PowerShell with the module imported.";

    /// <inheritdoc />
    public Task<bool> ShowMembersAsync(CancellationToken cancellationToken)
        => RunAsync("Get-RkeCluster cluster.yml | Get-EtcdMember -SshConfig ssh_config", "$_.Healthy", 3, cancellationToken);

    /// <inheritdoc />
    public Task<bool> SaveAsync(string name, bool singleSource, int expected, CancellationToken cancellationToken)
        => RunAsync(
            $"Get-RkeCluster cluster.yml | Save-EtcdSnapshot {name}{(singleSource ? " -SingleSource" : "")} -SshConfig ssh_config",
            "$_.Verified",
            expected,
            cancellationToken);

    /// <inheritdoc />
    public Task<bool> ListAsync(int expected, CancellationToken cancellationToken)
        => RunAsync("Get-EtcdSnapshot -SshConfig ssh_config", "$_.ContentHash", expected, cancellationToken);

    /// <inheritdoc />
    public Task<bool> CopyAsync(string name, string folder, CancellationToken cancellationToken)
        => RunAsync($"Copy-EtcdSnapshot {name} -Destination '{folder}' -SshConfig ssh_config", "$_.Verified", 1, cancellationToken);

    /// <inheritdoc />
    public Task<bool> RestoreAsync(string name, CancellationToken cancellationToken)
        => RunAsync($"Restore-EtcdSnapshot {name} -Force -NoComponentRestart -SshConfig ssh_config", "$_.Phase -eq 'Done'", 3, cancellationToken);

    /// <inheritdoc />
    public Task<bool> RestartAsync(CancellationToken cancellationToken)
        => RunAsync("Restart-KubeComponent -SshConfig ssh_config", "$_.Component -eq 'kubelet' -and $_.After -in 'Running', 'Healthy'", 3, cancellationToken);

    private async Task<bool> RunAsync(string command, string good, int expected, CancellationToken cancellationToken)
    {
        Console.WriteLine($"\nPS> {command}");
        var script = $"""
            Import-Module '{ModuleManifest.Path}'
            {command} -OutVariable all | Out-Default
            exit [int](@($all | Where-Object {"{"} {good} {"}"}).Count -ne {expected})
            """;
        var start = new ProcessStartInfo(pwsh, ["-NoProfile", "-NonInteractive", "-Command", script]) { WorkingDirectory = lab.Folder.Root };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0;
    }
}
