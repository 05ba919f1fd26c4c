using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace RkeEtcdPs.PowerShell.Tests.Hosting;

/// <summary>Keeps what is written for people, and answers questions as it was told to.</summary>
internal sealed class RecordingScreen : PSHostUserInterface
{
    private readonly List<string> _lines = [];
    private readonly List<string> _questions = [];
    private string _line = "";

    /// <summary>What was written, line by line, without colours.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>What was asked.</summary>
    public IReadOnlyList<string> Questions => _questions;

    /// <summary>The answer to a question: the place of one of its choices.</summary>
    public Func<string, int> Answer { get; set; } = question => throw new InvalidOperationException($"nobody was to be asked: {question}");

    public override PSHostRawUserInterface? RawUI => null;

    public override void Write(string value) => _line += value;

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value)
    {
        _lines.Add(new System.Management.Automation.Internal.StringDecorated(_line + value).ToString(OutputRendering.PlainText).TrimEnd());
        _line = "";
    }

    public override void WriteErrorLine(string value) => WriteLine(value);

    public override void WriteDebugLine(string message) => WriteLine(message);

    public override void WriteVerboseLine(string message) => WriteLine(message);

    public override void WriteWarningLine(string message) => WriteLine(message);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        _questions.Add(message);
        return Answer(message);
    }

    public override string ReadLine() => throw new NotSupportedException();

    public override SecureString ReadLineAsSecureString() => throw new NotSupportedException();

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        throw new NotSupportedException();

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw new NotSupportedException();

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
        throw new NotSupportedException();
}
