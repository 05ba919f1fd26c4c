using RkeEtcdPs.Cmdlets.Commands;
using RkeEtcdPs.Cmdlets.Tests.Help;
using RkeEtcdPs.Engine.Recovery;
using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.Commands;

public sealed class RecoveryCmdletTests
{
    private static readonly RestoreRequest Request = new() { Name = "good" };

    [Theory]
    [InlineData(null, 300)]
    [InlineData(30, 300)]
    [InlineData(299, 300)]
    [InlineData(900, 900)]
    public void Members_have_as_long_as_is_given_and_never_less_than_they_have_by_themselves(int? given, int seconds)
        => Assert.Equal(TimeSpan.FromSeconds(seconds), RecoveryCmdlet.WithProofLimit(Request, given is { } limit ? TimeSpan.FromSeconds(limit) : null).ProofLimit);

    [Theory]
    [InlineData("Restore-EtcdSnapshot", "TimeoutSec", "never less")]
    [InlineData("Undo-EtcdRestore", "TimeoutSec", "never less")]
    [InlineData("Update-KubeApiServer", "TimeoutSec", "2 minutes")]
    [InlineData("Get-EtcdRestore", "TimeoutSec", "no effect")]
    [InlineData("Remove-EtcdRestore", "TimeoutSec", "no effect")]
    [InlineData("Restore-EtcdSnapshot", "ThrottleLimit", "no effect")]
    [InlineData("Undo-EtcdRestore", "ThrottleLimit", "no effect")]
    [InlineData("Get-EtcdRestore", "ThrottleLimit", "no effect")]
    [InlineData("Remove-EtcdRestore", "ThrottleLimit", "no effect")]
    [InlineData("Update-KubeApiServer", "ThrottleLimit", "How many hosts")]
    [InlineData("Undo-EtcdRestore", "Node", "refused")]
    public void Help_of_a_parameter_says_what_it_does_in_this_cmdlet(string cmdlet, string parameter, string said) =>
        Assert.Contains(said, HelpFiles.Cmdlets.Single(known => known.Name == cmdlet).Parameters.Single(known => known.Name == parameter).Text, StringComparison.Ordinal);
}
