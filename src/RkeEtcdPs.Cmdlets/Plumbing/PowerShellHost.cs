using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Formatting;

namespace RkeEtcdPs.Cmdlets.Plumbing;

/// <summary>The real host: forwards to the cmdlet's own methods, which PowerShell provides.</summary>
internal sealed class PowerShellHost(PSCmdlet cmdlet) : ICmdletHost
{
    public void WriteObject(object value) => cmdlet.WriteObject(value switch
    {
        ObjectWithValue content => content.ToPSObject(),
        ListedSnapshot listed => listed.ToPSObject(),
        _ => value,
    });

    public void WriteError(CmdletFailure failure) => cmdlet.WriteError(failure.ToErrorRecord());

    [DoesNotReturn]
    public void ThrowTerminatingError(CmdletFailure failure)
    {
        cmdlet.ThrowTerminatingError(failure.ToErrorRecord());
        throw failure.Exception;
    }

    public void WriteWarning(string message) => cmdlet.WriteWarning(message);

    public void ShowAfterStop(string message)
    {
        try
        {
            cmdlet.Host?.UI?.WriteWarningLine(message);
        }
        catch (Exception error) when (error is PSNotImplementedException or NotImplementedException or InvalidOperationException or System.IO.IOException)
        {
            // A host without a screen: there is nobody to tell.
        }
    }

    public void WriteVerbose(string message) => cmdlet.WriteVerbose(message);

    public void WriteProgress(ProgressUpdate update) => cmdlet.WriteProgress(update.ToProgressRecord());

    public bool ShouldProcess(string target, string action) => cmdlet.ShouldProcess(target, action);

    public bool ShouldContinue(string query, string caption) => cmdlet.ShouldContinue(query, caption);

    public IReadOnlyList<string> ResolvePath(string path, bool literal)
    {
        string exact = ExactPath(path);
        if (literal || File.Exists(exact) || !WildcardPattern.ContainsWildcardCharacters(path))
        {
            return [exact];
        }

        string[] found = [.. cmdlet.GetResolvedProviderPathFromPSPath(path, out _).Order(StringComparer.Ordinal)];
        return found is [] ? [exact] : found;
    }

    private string ExactPath(string path)
    {
        try
        {
            string exact = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
            return provider.Name == "FileSystem" ? exact : throw NotInFileSystem(path);
        }
        catch (SessionStateException)
        {
            throw NotInFileSystem(path);
        }
    }

    private static PSArgumentException NotInFileSystem(string path) => new($"'{path}' is not a path in the file system.");
}
