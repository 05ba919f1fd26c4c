using System.Diagnostics;
using System.Text;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>One running ssh client.</summary>
internal sealed class SshProcess : IAsyncDisposable
{
    private const int RememberedLines = 400;
    private const int LongestLine = 4096;

    private readonly Process _process;
    private readonly Queue<string> _lines = new();
    private readonly Task _reading;

    private SshProcess(Process process)
    {
        _process = process;
        _reading = ReadMessagesAsync();
    }

    /// <summary>Completes when the process has ended and all it said is in <see cref="Messages"/>.</summary>
    public Task Ended => Task.WhenAll(_process.WaitForExitAsync(), _reading);

    /// <summary>What the remote command writes.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What the remote command reads.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    public bool HasEnded => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>What ssh and the remote command said on standard error, the last few hundred lines, ssh's debug lines among them.</summary>
    public IReadOnlyList<string> Messages
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    public static SshProcess Start(HostOptions options, IEnumerable<string> arguments, SshPrivateFolder folder)
    {
        ProcessStartInfo start = new()
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
        };

        // Ctrl+C reaches every process of the terminal. Ours must outlive it: what runs on the hosts is cleaned up through it.
        // An ignored signal stays ignored across exec; on Windows a process with a console of its own gets no Ctrl+C.
        if (OperatingSystem.IsWindows())
        {
            start.FileName = options.SshProgram;
        }
        else
        {
            start.FileName = "/bin/sh";
            foreach (string argument in new[] { "-c", "trap '' INT QUIT; exec \"$@\"", "sh", options.SshProgram })
            {
                start.ArgumentList.Add(argument);
            }
        }

        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["LC_ALL"] = "C";
        start.Environment.Remove("SSH_ASKPASS");
        SshProcess ssh = new(Process.Start(start) ?? throw new InvalidOperationException("ssh did not start"));
        try
        {
            folder.Record(ssh._process);
        }
        catch (InvalidOperationException) when (ssh.HasEnded)
        {
            // It has ended already: there is nothing that could be left behind.
        }

        return ssh;
    }

    /// <summary>Lets the remote command end by itself, by ending its input.</summary>
    public void EndInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended before it read all that was written to it.
        }
    }

    /// <summary>Ends the process. What it said, and its exit code, can no longer be asked for.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        // A child that it left behind may hold its standard error open.
        await Task.WhenAny(Ended, Task.Delay(TimeSpan.FromSeconds(2))).ConfigureAwait(false);
        _process.Dispose();
    }

    private async Task ReadMessagesAsync()
    {
        char[] buffer = new char[4096];
        StringBuilder line = new();
        while (await _process.StandardError.ReadAsync(buffer).ConfigureAwait(false) is var read and > 0)
        {
            for (int at = 0; at < read; at++)
            {
                if (buffer[at] == '\n')
                {
                    Remember(line.ToString().TrimEnd('\r'));
                    line.Clear();
                }
                else if (line.Length < LongestLine)
                {
                    // The host writes here too; of a line without an end it must not fill our memory.
                    line.Append(buffer[at]);
                }
            }
        }

        if (line.Length > 0)
        {
            Remember(line.ToString());
        }
    }

    private void Remember(string line)
    {
        lock (_lines)
        {
            if (_lines.Count == RememberedLines)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(line);
        }
    }
}
