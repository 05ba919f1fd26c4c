using Docker.DotNet.Models;

namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>The flags of a Kubernetes component as its container gives them: <c>--name=value</c>, or <c>--name value</c>. RKE spreads them over entrypoint and command.</summary>
internal static class ComponentFlags
{
    /// <summary>Every value that is given for a flag, in order; none when the flag is not there.</summary>
    /// <param name="words">The command line.</param>
    /// <param name="name">The flag, without dashes.</param>
    public static IReadOnlyList<string> Values(IReadOnlyList<string> words, string name)
    {
        List<string> values = [];
        for (int i = 0; i < words.Count; i++)
        {
            if (words[i].StartsWith($"--{name}=", StringComparison.Ordinal))
            {
                values.Add(words[i][(name.Length + 3)..]);
            }
            else if (words[i] == $"--{name}" && i + 1 < words.Count)
            {
                values.Add(words[++i]);
            }
        }

        return values;
    }

    /// <summary>The command line of a container: its entrypoint and its command.</summary>
    public static IReadOnlyList<string> WordsOf(ContainerInspectResponse container) => [.. container.Config?.Entrypoint ?? [], .. container.Config?.Cmd ?? []];

    /// <summary>Gives a flag one value, where it was given first; at the end when it was not.</summary>
    public static void Set(CreateContainerParameters container, string name, string value)
    {
        bool set = false;
        container.Entrypoint = Replace(container.Entrypoint ?? [], name, value, ref set);
        container.Cmd = Replace(container.Cmd ?? [], name, value, ref set);
        if (!set)
        {
            container.Cmd.Add($"--{name}={value}");
        }
    }

    private static List<string> Replace(IList<string> words, string name, string value, ref bool set)
    {
        List<string> replaced = [];
        for (int i = 0; i < words.Count; i++)
        {
            bool spread = words[i] == $"--{name}" && i + 1 < words.Count;
            if (!spread && !words[i].StartsWith($"--{name}=", StringComparison.Ordinal))
            {
                replaced.Add(words[i]);
                continue;
            }

            // What is given again would be added to the first, and not take its place.
            if (!set)
            {
                replaced.Add($"--{name}={value}");
                set = true;
            }

            i += spread ? 1 : 0;
        }

        return replaced;
    }
}
