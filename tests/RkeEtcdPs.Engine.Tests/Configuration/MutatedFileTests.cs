using RkeEtcdPs.Engine.Configuration;
using Xunit;
using Xunit.Abstractions;

namespace RkeEtcdPs.Engine.Tests.Configuration;

public class MutatedFileTests(ITestOutputHelper output)
{
    private const int Seed = 20240501;
    private const int Files = 10_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly string[] Pieces =
    [
        ":", ": ", "- ", "? ", "\n", "\n\n", "  ", "\t", "[", "]", "{", "}", ",", "#", "&a ", "*a", "*first", "<<: *first\n", "!", "!!int ", "|\n", ">-\n", "'", "\"",
        "%", "@", "`", "---\n", "...\n", "\\", "\r", "\u0085", "\u2028", "\uFEFF", "\0", "~", "null", "<<", "nodes:\n", "role: etcd\n", "é", "\uD83D\uDE00", "\uD800",
        "%YAML 1.1\n", "%TAG ! tag:x,2000:\n", "!<x> ", "|2-\n", "\"\\x41\"",
    ];

    [Fact]
    public void Mutated_files_give_a_cluster_or_a_typed_error_that_shows_no_secret()
    {
        output.WriteLine($"seed {Seed}");
        Random random = new(Seed);
        int clusters = 0;
        foreach (string yaml in Enumerable.Range(0, Files).Select(_ => Mutate(random)))
        {
            clusters += Try(yaml) ? 1 : 0;
        }
        output.WriteLine($"{clusters} of {Files} still were clusters");
        Assert.InRange(clusters, Files / 100, Files * 9 / 10);
    }

    // True for a cluster, false for a typed error; anything else fails the test with the file in its message.
    private static bool Try(string yaml)
    {
        Task<bool> reading = Task.Run(() => IsCluster(yaml));
        try
        {
            Assert.True(reading.Wait(Patience), "This file takes too long:\n" + yaml);
        }
        catch (AggregateException e)
        {
            Assert.Fail($"{e.InnerException}\nin this file:\n{yaml}");
        }
        return reading.Result;
    }

    private static bool IsCluster(string yaml)
    {
        try
        {
            AssertNoSecret(ClusterFile.Parse(yaml).Warnings);
            return true;
        }
        catch (ClusterConfigInvalidException e)
        {
            Assert.DoesNotContain(ExampleCluster.Marker, e + e.Advice, StringComparison.Ordinal);
            AssertNoSecret(e.Errors);
            AssertNoSecret(e.Warnings);
            Assert.All(e.Errors, one => Assert.True(one.Line >= 0 && one.Column >= 0));
            return false;
        }
    }

    private static void AssertNoSecret(IEnumerable<ConfigurationMessage> messages)
        => Assert.All(messages, one => Assert.DoesNotContain(ExampleCluster.Marker, one.Text, StringComparison.Ordinal));

    private static string Mutate(Random random)
    {
        string yaml = ExampleCluster.Full;
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            yaml = random.Next(8) switch
            {
                0 => FlipBit(yaml, random),
                1 => random.Next(10) == 0 ? yaml[..random.Next(yaml.Length + 1)] : yaml,
                2 => OnLines(yaml, random, (lines, at) => lines.Insert(at, lines[random.Next(lines.Count)])),
                3 => OnLines(yaml, random, (lines, at) => lines.RemoveAt(at)),
                4 => OnLines(yaml, random, (lines, at) => lines[at] = new string(' ', random.Next(9)) + lines[at].TrimStart()),
                5 => Splice(yaml, random),
                6 => OnLines(yaml, random, (lines, at) => lines[at] = lines[at][..random.Next(lines[at].Length + 1)]),
                _ => yaml.Insert(random.Next(yaml.Length + 1), Pieces[random.Next(Pieces.Length)]),
            };
        }
        return yaml;
    }

    private static string FlipBit(string yaml, Random random)
    {
        if (yaml.Length == 0)
        {
            return yaml;
        }
        char[] characters = yaml.ToCharArray();
        characters[random.Next(characters.Length)] ^= (char)(1 << random.Next(8));
        return new string(characters);
    }

    private static string Splice(string yaml, Random random)
    {
        int from = random.Next(yaml.Length + 1);
        int length = random.Next(Math.Min(40, yaml.Length - from) + 1);
        return yaml.Insert(random.Next(yaml.Length + 1), yaml.Substring(from, length));
    }

    private static string OnLines(string yaml, Random random, Action<List<string>, int> change)
    {
        List<string> lines = [.. yaml.Split('\n')];
        change(lines, random.Next(lines.Count));
        return string.Join('\n', lines);
    }
}
