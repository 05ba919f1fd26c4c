namespace RkeEtcdPs.Engine.Docker;

/// <summary>The shell scripts that run in helper containers. They are in this assembly, so nothing has to be put on a host.</summary>
internal static class EmbeddedScript
{
    /// <summary>The text of one.</summary>
    /// <param name="name">Its file name, such as <c>save-snapshot.sh</c>.</param>
    public static string Read(string name)
    {
        using Stream stream = typeof(EmbeddedScript).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in the assembly");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
