namespace RkeEtcdPs.Engine.Stores;

/// <summary>Tells whether two paths mean one folder, which may have several through links.</summary>
internal static class RealFolder
{
    // As many as Linux follows; more are a circle.
    private const int MostLinks = 40;

    /// <summary>Compares what <see cref="Of"/> gives, and names of files. Where file systems need not mind the case it does not count: two files of one name are then taken for one.</summary>
    public static StringComparer Comparer => OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>The path of a folder in which no part is a link.</summary>
    /// <param name="folder">Its full path; it need not be there.</param>
    public static string Of(string folder)
    {
        int links = 0;
        return Follow(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), ref links);
    }

    private static string Follow(string path, ref int links)
    {
        if (Path.GetDirectoryName(path) is not { } parent)
        {
            return path;
        }

        parent = Follow(parent, ref links);
        string there = Path.Combine(parent, Path.GetFileName(path));
        if (links == MostLinks || ReadLink(there) is not { } target)
        {
            return there;
        }

        links++;
        return Follow(Path.TrimEndingDirectorySeparator(Path.GetFullPath(target, parent)), ref links);
    }

    private static string? ReadLink(string path)
    {
        try
        {
            return new DirectoryInfo(path).LinkTarget;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // Then it is what it is called.
        }
    }
}
