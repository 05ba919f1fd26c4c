using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using RkeEtcdPs.Engine.Stores;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Stores;

public sealed class FolderFileNameTests
{
    [Property(MaxTest = 2000)]
    public bool Any_name_comes_back(NonNull<string> name) => FolderFileName.Decode(FolderFileName.Encode(name.Get)) == name.Get;

    [Property(MaxTest = 2000)]
    public Property Any_name_is_one_that_Windows_holds(NonNull<string> name)
    {
        string file = FolderFileName.Encode(name.Get);
        return (!file.Any(character => character < ' ' || "<>:\"/\\|?*".Contains(character)) && !file.EndsWith('.') && !file.EndsWith(' ')).ToProperty();
    }

    [Property(MaxTest = 500)]
    public Property Different_names_stay_different(NonNull<string> one, NonNull<string> other)
        => (one.Get == other.Get || FolderFileName.Encode(one.Get) != FolderFileName.Encode(other.Get)).ToProperty();

    [Theory]
    [InlineData("nightly", "nightly")]
    [InlineData("rke_etcd_snapshot_2026-11-22T10:00:00+01:00", "rke_etcd_snapshot_2026-11-22T10%3A00%3A00+01%3A00")]
    [InlineData("CON", "%43ON")]
    [InlineData("con.zip", "%63on.zip")]
    [InlineData("NUL", "%4EUL")]
    [InlineData("com1.2026", "%63om1.2026")]
    [InlineData("console", "console")]
    [InlineData("ends.", "ends%2E")]
    [InlineData("ends ", "ends%20")]
    [InlineData("100%3A", "100%253A")]
    public void Names_are_changed_only_where_they_must_be(string name, string file)
    {
        Assert.Equal(file, FolderFileName.Encode(name));
        Assert.Equal(name, FolderFileName.Decode(file));
    }

    [Fact]
    public void Every_device_of_Windows_is_escaped_in_any_case_and_with_any_extension()
    {
        foreach (string device in (string[])["con", "PRN", "Aux", "nul", "COM1", "com9", "LPT1", "lpt9"])
        {
            foreach (string name in (string[])[device, device + ".zip", device + ".a.b"])
            {
                Assert.StartsWith("%", FolderFileName.Encode(name));
                Assert.Equal(name, FolderFileName.Decode(FolderFileName.Encode(name)));
            }
        }
    }
}
