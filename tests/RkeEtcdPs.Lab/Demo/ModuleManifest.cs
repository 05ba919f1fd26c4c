namespace RkeEtcdPs.Lab.Demo;

/// <summary>Where the module of this checkout is.</summary>
internal static class ModuleManifest
{
    /// <summary>The full path of EtcdSnapshot.psd1: in the first folder above this program that has one.</summary>
    public static string Path
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "EtcdSnapshot.psd1")))
            {
                folder = folder.Parent;
            }

            return System.IO.Path.Combine(folder?.FullName ?? throw new LabException("this program does not run from a checkout"), "EtcdSnapshot.psd1");
        }
    }
}
