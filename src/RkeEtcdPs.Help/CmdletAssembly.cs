using System.Reflection;
using System.Runtime.Loader;

namespace RkeEtcdPs.Help;

/// <summary>A built assembly of cmdlets, with the comments that were written out beside it.</summary>
internal sealed class CmdletAssembly
{
    private const string PowerShell = "System.Management.Automation";

    /// <summary>Loads it, apart from this program.</summary>
    /// <param name="path">The assembly; what it needs lies beside it.</param>
    /// <param name="reference">The reference assembly of PowerShell that it was compiled against.</param>
    public CmdletAssembly(string path, string reference)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        AssemblyLoadContext context = new("cmdlets");
        context.Resolving += (loading, name) =>
        {
            string found = name.Name == PowerShell ? Path.GetFullPath(reference) : Path.Combine(folder, name.Name + ".dll");
            return File.Exists(found) ? loading.LoadFromAssemblyPath(found) : null;
        };
        Assembly assembly = context.LoadFromAssemblyPath(Path.GetFullPath(path));
        Cmdlets = Read(assembly, new CommentText(Directory.GetFiles(folder, "RkeEtcdPs.*.xml")));
    }

    /// <summary>Its cmdlets, in the order of their names.</summary>
    public IReadOnlyList<CmdletDescription> Cmdlets { get; }

    /// <summary>The cmdlets of an assembly that is loaded.</summary>
    public static IReadOnlyList<CmdletDescription> Read(Assembly assembly, CommentText comments) =>
    [
        .. assembly.GetExportedTypes()
            .Where(type => !type.IsAbstract && type.GetCustomAttributesData().Any(data => data.AttributeType.Name == "CmdletAttribute"))
            .Select(type => new CmdletDescription(type, comments))
            .OrderBy(cmdlet => cmdlet.Name, StringComparer.Ordinal),
    ];
}
