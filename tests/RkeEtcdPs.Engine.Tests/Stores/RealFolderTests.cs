using RkeEtcdPs.Engine.Stores;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Stores;

public sealed class RealFolderTests : IDisposable
{
    // Where temporary folders are may itself be a link.
    private readonly string _folder = RealFolder.Of(Directory.CreateTempSubdirectory("folder").FullName);

    public RealFolderTests() => Skip.If(OperatingSystem.IsWindows(), "Links need a privilege there.");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void Links_are_followed_wherever_they_are_in_a_path_also_one_after_the_other()
    {
        string real = Directory.CreateDirectory(PathOf("a/b/c")).FullName;
        Directory.CreateSymbolicLink(PathOf("one"), PathOf("a"));
        Directory.CreateSymbolicLink(PathOf("a/two"), "../one/b");
        Directory.CreateSymbolicLink(PathOf("three"), "a/two/c/");

        Assert.Equal(real, RealFolder.Of(PathOf("one/b/c")));
        Assert.Equal(real, RealFolder.Of(PathOf("one/two/c/")));
        Assert.Equal(real, RealFolder.Of(PathOf("three")));
        Assert.Equal(Path.Combine(real, "none"), RealFolder.Of(PathOf("three/./none")));
        Assert.Equal("/", RealFolder.Of("/"));
    }

    [SkippableFact]
    public void A_circle_comes_to_an_end()
    {
        Directory.CreateSymbolicLink(PathOf("one"), PathOf("two"));
        Directory.CreateSymbolicLink(PathOf("two"), PathOf("one"));
        Directory.CreateSymbolicLink(PathOf("self"), "self/deeper");

        Assert.StartsWith(_folder, RealFolder.Of(PathOf("one/x")), StringComparison.Ordinal);
        Assert.StartsWith(_folder, RealFolder.Of(PathOf("self/x")), StringComparison.Ordinal);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
