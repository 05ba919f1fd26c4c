namespace RkeEtcdPs.Help;

/// <summary>An example of a cmdlet.</summary>
/// <param name="Title">What it is for.</param>
/// <param name="Code">What to type.</param>
/// <param name="Remarks">What comes of it, in paragraphs.</param>
/// <param name="Runs">False where its block is marked <c>not-run</c>: it needs what no test has.</param>
internal sealed record CmdletExample(string Title, string Code, IReadOnlyList<string> Remarks, bool Runs);
