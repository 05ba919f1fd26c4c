using System.Formats.Tar;
using System.Security.Cryptography;

namespace RkeEtcdPs.Lab.Images;

/// <summary>One layer of an image: a tar, named by the SHA-256 of its bytes.</summary>
internal sealed class ImageLayer : IDisposable
{
    private const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute |
        UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly MemoryStream _bytes = new();
    private readonly HashSet<string> _names = [];
    private readonly TarWriter _tar;
    private string? _digest;

    internal ImageLayer() => _tar = new TarWriter(_bytes, TarEntryFormat.Ustar, leaveOpen: true);

    /// <summary>The SHA-256 of the tar, in lower-case hex. No entry can be added after it has been asked for.</summary>
    internal string Digest => _digest ??= Finish();

    /// <summary>The tar.</summary>
    internal MemoryStream Content
    {
        get
        {
            _ = Digest;
            _bytes.Position = 0;
            return _bytes;
        }
    }

    /// <summary>Adds a file of the machine, executable for all.</summary>
    internal void AddFile(string name, string path)
    {
        using var content = File.OpenRead(path);
        Add(new UstarTarEntry(TarEntryType.RegularFile, name) { Mode = Executable, DataStream = content });
    }

    /// <summary>Adds a text file, executable for all.</summary>
    internal void AddText(string name, string text)
    {
        using var content = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
        Add(new UstarTarEntry(TarEntryType.RegularFile, name) { Mode = Executable, DataStream = content });
    }

    /// <summary>Adds a folder.</summary>
    internal void AddFolder(string name, UnixFileMode sticky = UnixFileMode.None) =>
        Add(new UstarTarEntry(TarEntryType.Directory, name + "/") { Mode = Executable | sticky });

    /// <summary>Adds a symbolic link.</summary>
    internal void AddLink(string name, string target) =>
        Add(new UstarTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target, Mode = Executable });

    /// <inheritdoc />
    public void Dispose()
    {
        _tar.Dispose();
        _bytes.Dispose();
    }

    private void Add(UstarTarEntry entry)
    {
        if (_names.Add(entry.Name))
        {
            _tar.WriteEntry(entry);
        }
    }

    private string Finish()
    {
        _tar.Dispose();
        return Convert.ToHexStringLower(SHA256.HashData(_bytes.GetBuffer().AsSpan(0, (int)_bytes.Length)));
    }
}
