using System.Diagnostics;
using System.IO.Compression;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.SnapshotFile;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Snapshots;

/// <summary>What the shells of hosts find in a zip is what the module finds in it.</summary>
public sealed class ZipScriptTests : FileCopyTest
{
    private const string Program = """
        #include zip-file.sh
        if zip_look "$1"; then zip_unpack >"$2" && echo "$zip_size $zip_state"; else echo "fault $zip_fault"; fi
        """;

    private static readonly byte[] Snapshot = Make("one");

    public static TheoryData<string> Shells => ["busybox", "dash", "bash"];

    [Theory]
    [MemberData(nameof(Shells))]
    public void Shell_finds_what_the_module_finds(string shell)
    {
        byte[] keys = Make("keys");
        (string, byte[])[][] zips =
        [
            [("/backup/one", Snapshot), (State, keys)],
            [("/etc/one.RKEState", keys), ("backup/", []), ("one", Snapshot), ("b.rkestate", [1])],
            [("first", keys), ("backup/one", Snapshot)],
            [("a b\n'c\"/$(x) *.rkestate", keys), ("//backup/-x *", Snapshot)],
            [("one", Snapshot), ("two", Snapshot)],
            [("backup/one", Snapshot), ("/backup/one", Snapshot), ("two", Snapshot)],
            [("backup/", []), (State, keys)],
            [],
            [("one", [])],
            [("one", new byte[300_000])],
        ];
        foreach ((string, byte[])[] members in zips)
        {
            foreach (bool stored in (bool[])[false, true])
            {
                byte[] zip = stored ? Stored(members) : Zip(members);

                Assert.Equal(FindByModule(zip), FindByShell(shell, zip));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public void Shell_refuses_what_is_not_as_the_directory_says(string shell)
    {
        byte[] zip = Zip(("/backup/one", Snapshot), (State, [1, 2, 3]));
        int directory = zip.AsSpan().IndexOf("PK\x01\x02"u8);
        // CRC-32, packed size, size, place; the bytes themselves; and all of the end.
        int[] places = [directory + 16, directory + 20, directory + 24, directory + 42, 60, zip.Length - 22, zip.Length - 6];
        foreach (int place in places)
        {
            byte[] bad = [.. zip];
            bad[place] ^= 1;
            Assert.StartsWith("fault ", FindByShell(shell, bad).Said, StringComparison.Ordinal);
        }

        foreach (int length in (int[])[0, 21, 100, zip.Length - 23, zip.Length - 1])
        {
            Assert.StartsWith("fault ", FindByShell(shell, zip[..length]).Said, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Shell_reads_a_zip_with_a_long_comment()
    {
        using MemoryStream bytes = new();
        bytes.Write(Zip(("/backup/one", Snapshot)));
        using (ZipArchive zip = new(bytes, ZipArchiveMode.Update, leaveOpen: true))
        {
            zip.Comment = new string('x', ushort.MaxValue);
        }

        Assert.Equal(FindByModule(bytes.ToArray()), FindByShell("busybox", bytes.ToArray()));
    }

    private static byte[] Stored((string, byte[])[] members)
    {
        using MemoryStream bytes = new();
        using (ZipArchive zip = new(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in members)
            {
                using Stream member = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                member.Write(content);
            }
        }

        return bytes.ToArray();
    }

    private static (string Said, string Content) FindByModule(byte[] bytes)
    {
        using ZipArchive zip = new(new MemoryStream(bytes));
        try
        {
            ZipArchiveEntry found = PackedSnapshot.FindDatabase(zip);
            using Stream content = found.Open();
            using MemoryStream copy = new();
            content.CopyTo(copy);
            return ($"{found.Length} {PackedSnapshot.DescribeState(zip) ?? "-"}", Convert.ToHexString(copy.ToArray()));
        }
        catch (SnapshotCorruptException fault)
        {
            return ($"fault {fault.Reason}", "");
        }
    }

    private (string Said, string Content) FindByShell(string shell, byte[] zip)
    {
        string path = Write(Source, "one.zip", zip);
        string content = Path.Combine(Target, "content");
        File.Delete(content);
        string script = EmbeddedScript.Include(Program);
        ProcessStartInfo start = new(shell == "busybox" ? Path.Combine(Busybox(), "ash") : shell, ["-c", script, "test", path, content]) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (shell == "busybox")
        {
            start.Environment["PATH"] = Busybox();
        }

        using Process process = Process.Start(start)!;
        string said = process.StandardOutput.ReadToEnd().Trim();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal("", error);
        bool whole = said.Length > 0 && !said.StartsWith("fault", StringComparison.Ordinal);
        return (said.Length > 0 ? said : "fault unpacking", whole ? Convert.ToHexString(File.ReadAllBytes(content)) : "");
    }

    // Nothing but its own programs, as in the image.
    private string Busybox()
    {
        string folder = Path.Combine(Path.GetDirectoryName(Source)!, "bin");
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            foreach (string program in (string[])["ash", "stat", "tail", "head", "od", "awk", "tr", "gzip", "printf"])
            {
                File.CreateSymbolicLink(Path.Combine(folder, program), "/usr/bin/busybox");
            }
        }

        return folder;
    }
}
