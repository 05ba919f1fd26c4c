using FsCheck.Xunit;
using RkeEtcdPs.Engine.SnapshotFile;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.SnapshotFile;

public sealed class Crc32CProperties
{
    [Fact]
    public void The_check_value_of_the_catalogue_is_met() => Assert.Equal(0xE3069283u, Crc32C.Append(0, "123456789"u8));

    [Property]
    public void Joined_sums_are_the_sum_of_the_whole(byte[] first, byte[] second, ushort zeros)
    {
        byte[] rest = [.. second ?? [], .. new byte[zeros]];
        uint whole = Crc32C.Append(Crc32C.Append(0, first), rest);

        Assert.Equal(whole, Crc32C.Join(Crc32C.Append(0, first), Crc32C.Append(0, rest), rest.Length));
    }
}
