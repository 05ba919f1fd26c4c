using System.Text;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Reports;

/// <summary>Writes a report to a file.</summary>
public static class ReportFile
{
    /// <summary>Writes the page beside its name first: whoever looks meanwhile sees the old one or the new one, whole.</summary>
    /// <param name="report">The report.</param>
    /// <param name="path">The full path of the file, in a folder that is there.</param>
    /// <param name="replace">Whether what is there under the name may go.</param>
    /// <param name="cancellationToken">Stops it; the name is then as it was.</param>
    /// <exception cref="Errors.EtcdSnapshotException">The folder is missing, full or not for this user, or the name is taken.</exception>
    public static async Task WriteAsync(SnapshotReport report, string path, bool replace, CancellationToken cancellationToken = default)
    {
        string folder = Path.GetDirectoryName(path) ?? path;
        string part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            await File.WriteAllTextAsync(part, ReportPage.Draw(report), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cancellationToken).ConfigureAwait(false);
            File.Move(part, path, replace);
        }
        catch (IOException error) when (FolderFailure.From(folder, error) is StoreUnavailableException)
        {
            throw new StoreUnavailableException(folder, error.Message.TrimEnd('.'), "Look whether the folder or share can be reached and written to.", error);
        }
        catch (Exception error) when (FolderFailure.From(folder, error) is { } failure)
        {
            throw failure;
        }
        finally
        {
            File.Delete(part);
        }
    }
}
