using System.Diagnostics;
using System.Globalization;
using System.Text;
using RkeEtcdPs.Engine.Configuration;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Configuration;

public class HostileYamlTests
{
    // Against a parser that never ends, not a measure of its speed.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly Dictionary<string, string> Texts = new()
    {
        ["deep lists"] = new string('[', 100_000),
        ["deep closed lists"] = new string('[', 100_000) + new string(']', 100_000),
        ["deep mappings"] = string.Concat(Enumerable.Repeat("{a: ", 100_000)),
        ["deep block lists"] = string.Concat(Enumerable.Repeat("- ", 100_000)),
        ["deep explicit keys"] = string.Concat(Enumerable.Repeat("? ", 100_000)),
        ["deep indentation"] = string.Join('\n', Enumerable.Range(0, 3000).Select(i => new string(' ', i) + "a:")),
        ["aliases of aliases"] = Bomb(30),
        ["aliases one in the other"] = Chain(200),
        ["merges of merges"] = "a0: &a0 {user: u}\n" + string.Concat(Enumerable.Range(1, 40).Select(i => $"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}]}}\n")) + "nodes: [*a40]\n",
        ["a cycle"] = "nodes: &a\n- *a\n",
        ["a cycle by merge"] = "nodes:\n- &a\n  <<: *a\n",
        ["an undefined alias"] = "nodes: *a\n",
        ["a million values"] = "nodes:\n" + string.Concat(Enumerable.Repeat("- a\n", 1_000_001)),
        ["unknown keys"] = string.Concat(Enumerable.Range(0, 200_000).Select(i => $"service{i}: 1\n")),
        ["the same key again"] = string.Concat(Enumerable.Repeat("nodes: 1\n", 200_000)),
        ["wrong nodes"] = "nodes:\n" + string.Concat(Enumerable.Repeat("- {port: x, role: y}\n", 100_000)),
        ["one huge value"] = "nodes: " + new string('x', 10_000_000),
        ["one huge quoted value"] = "nodes: \"" + new string('x', 10_000_000),
        ["one huge key"] = new string('x', 10_000_000) + ": 1",
        ["one huge explicit key"] = "? " + new string('x', 5_000_000) + "\n: 1",
        ["many anchors"] = "nodes: [" + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"&a{i} x, ")) + "]",
        ["many documents"] = string.Concat(Enumerable.Repeat("---\na: b\n", 100_000)),
        ["many blank lines"] = "a: |\n" + new string('\n', 5_000_000),
        ["a block of blanks"] = "a: |\n" + new string(' ', 5_000_000),
        ["tabs"] = "nodes:\n\t- a\n",
        ["a NUL"] = ExampleCluster.Smallest + "\0more: text",
        ["half a surrogate"] = "a: \uD800",
        ["an impossible character"] = "a: \"\\UFFFFFFFF\"",
        ["an impossible version"] = "%YAML 99999999999999999999.1\n---\na: b",
        ["a bad tag"] = "a: !<%%%> b",
        ["an empty tag"] = "a: !<> b",
        ["comments only"] = string.Concat(Enumerable.Repeat("# x\n", 500_000)),
    };

    public static TheoryData<string> Names => [.. Texts.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Hostile_text_is_refused_soon(string what)
    {
        string yaml = Texts[what];
        Stopwatch time = Stopwatch.StartNew();
        ClusterConfigInvalidException error = Assert.Throws<ClusterConfigInvalidException>(() => ClusterFile.Parse(yaml));
        Assert.NotEmpty(error.Errors);
        Assert.True(error.Message.Length < 5000, what);
        Assert.True(time.Elapsed < Patience, $"{what}: {time.Elapsed}");
    }

    [Fact]
    public void Text_after_a_NUL_is_not_lost_silently()
    {
        ClusterConfigInvalidException error = Assert.Throws<ClusterConfigInvalidException>(() => ClusterFile.Parse("nodes: []\na\0: b"));
        Assert.Equal(new ConfigurationMessage(2, 2, "the character U+0000 is not allowed in YAML"), Assert.Single(error.Errors));
    }

    [Theory]
    [InlineData("nodes:\n\t- a: b\n", 2, "indent with spaces")]
    [InlineData("ssh_key_path: \"C:\\Users\\me\"\n", 1, "put a Windows path into single quotes")]
    [InlineData("ssh_key_path: 'unfinished\n", 1, "is the closing quote missing?")]
    [InlineData("nodes:\n  - a: b\n   c: d\n", 3, "not valid YAML")]
    public void A_syntax_error_says_where_and_what_to_do(string yaml, int line, string text)
    {
        ClusterConfigInvalidException error = Assert.Throws<ClusterConfigInvalidException>(() => ClusterFile.Parse(yaml));
        ConfigurationMessage one = Assert.Single(error.Errors);
        Assert.True(one.Line == line && one.Text.Contains(text, StringComparison.Ordinal), one.ToString());
    }

    private static string Bomb(int levels)
    {
        StringBuilder yaml = new("a0: &a0 [x, x]\n");
        for (int i = 1; i <= levels; i++)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}]\n");
        }
        return yaml.Append(CultureInfo.InvariantCulture, $"nodes: *a{levels}\n").ToString();
    }

    private static string Chain(int levels)
        => "a0: &a0 [x]\n" + string.Concat(Enumerable.Range(1, levels).Select(i => $"a{i}: &a{i} [*a{i - 1}]\n"));
}
