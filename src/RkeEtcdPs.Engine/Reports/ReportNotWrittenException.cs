using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Reports;

/// <summary>A report cannot have the name that was asked for. Nothing was asked of any host.</summary>
public sealed class ReportNotWrittenException : EtcdSnapshotException
{
    private ReportNotWrittenException(FailureCategory category, string message, string advice)
        : base(category, message, advice)
    {
    }

    /// <summary>Why no report can be written there; null when it can, as far as can be seen.</summary>
    /// <param name="path">The full path of the file.</param>
    /// <param name="replace">Whether a file of that name may go.</param>
    public static ReportNotWrittenException? Check(string path, bool replace)
    {
        string? folder = Path.GetDirectoryName(path);
        return Directory.Exists(path) ? new(FailureCategory.InvalidArgument, $"{path} is a folder.", "Give the path of the file to write, such as report.html in it.")
            : folder is not null && !Directory.Exists(folder) ? new(FailureCategory.ObjectNotFound, $"There is no folder {folder}.", "Make the folder, or choose another path.")
            : !replace && File.Exists(path) ? new(FailureCategory.ResourceExists, $"There is a file {path} already. It was left as it is.", "Choose another path, or leave out -NoClobber.")
            : null;
    }
}
