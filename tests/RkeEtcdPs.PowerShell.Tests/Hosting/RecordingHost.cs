using System.Globalization;
using System.Management.Automation.Host;

namespace RkeEtcdPs.PowerShell.Tests.Hosting;

/// <summary>The program around the engine, as pwsh is: keeps what would be on the screen.</summary>
internal sealed class RecordingHost : PSHost
{
    /// <summary>The screen and the keyboard.</summary>
    public RecordingScreen Screen { get; } = new();

    public override PSHostUserInterface UI => Screen;

    public override string Name => nameof(RecordingHost);

    public override Version Version { get; } = new(1, 0);

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override void EnterNestedPrompt() => throw new NotSupportedException();

    public override void ExitNestedPrompt() => throw new NotSupportedException();

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    public override void SetShouldExit(int exitCode)
    {
    }
}
