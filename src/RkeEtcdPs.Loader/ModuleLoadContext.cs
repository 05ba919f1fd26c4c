using System.Reflection;
using System.Runtime.Loader;

namespace RkeEtcdPs.Loader;

/// <summary>Keeps the module's assemblies apart from those of PowerShell and of other modules.</summary>
public sealed class ModuleLoadContext : AssemblyLoadContext
{
    private static readonly Dictionary<string, Assembly> Loaded = [];

    private readonly string _folder;

    private ModuleLoadContext(string folder)
        : base("EtcdSnapshot") => _folder = folder;

    /// <summary>Loads the cmdlets from a folder: once for all runspaces, and apart from a copy of the module in another folder.</summary>
    /// <param name="folder">The full path of the module's bin folder.</param>
    public static Assembly LoadCmdlets(string folder)
    {
        lock (Loaded)
        {
            if (!Loaded.TryGetValue(folder, out Assembly? cmdlets))
            {
                cmdlets = new ModuleLoadContext(folder).LoadFromAssemblyPath(Path.Combine(folder, "RkeEtcdPs.Cmdlets.dll"));
                Loaded.Add(folder, cmdlets);
            }

            return cmdlets;
        }
    }

    /// <inheritdoc />
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string path = Path.Combine(_folder, assemblyName.Name + ".dll");

        // A second System.Management.Automation would make our cmdlets strangers to the session.
        bool ours = assemblyName.Name != "System.Management.Automation" && File.Exists(path);
        return ours ? LoadFromAssemblyPath(path) : null;
    }
}
