using RkeEtcdPs.Cmdlets.Tests.Commands;
using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.PowerShell;

public sealed class ScriptRuleTests
{
    // What PSScriptAnalyzer would say by its own rules of the same names, as far as the parser alone can tell.
    private const string Rules =
        """
        function Find-Fault($path) {
            $leaf = Split-Path $path -Leaf
            $errors = $null
            $ast = [Management.Automation.Language.Parser]::ParseFile($path, [ref] $null, [ref] $errors)
            $errors | ForEach-Object { "${leaf}: $_" }
            foreach ($command in $ast.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true)) {
                $at = "${leaf}:$($command.Extent.StartLineNumber)"
                $name = $command.GetCommandName()
                if (-not $name) { continue }
                $known = Get-Command $name -ErrorAction Ignore
                if ($known.CommandType -eq 'Alias') { "${at}: AvoidUsingCmdletAliases $name" }
                if ($name -in 'Write-Host', 'Invoke-Expression') { "${at}: AvoidUsing$($name -replace '-')" }
                if ($known.CommandType -eq 'Cmdlet') {
                    $positional = 0
                    $value = $false
                    foreach ($element in $command.CommandElements | Select-Object -Skip 1) {
                        if ($element -is [Management.Automation.Language.CommandParameterAst]) {
                            $parameter = try { $known.ResolveParameter($element.ParameterName) } catch { "${at}: $name has no -$($element.ParameterName)" }
                            $value = -not $element.Argument -and $parameter.ParameterType -ne [switch]
                            if ($element.ParameterName -eq 'ComputerName') { "${at}: AvoidUsingComputerNameHardcoded" }
                        }
                        elseif ($value -or $element.Splatted) { $value = $false }
                        else { $positional++ }
                    }
                    # What is compared, and the parts of a path, read better without names.
                    if ($positional -gt 1 -and $name -notin 'Where-Object', 'Join-Path', 'ForEach-Object', 'Select-Object') { "${at}: AvoidUsingPositionalParameters $name" }
                }
            }
            $verbs = (Get-Verb).Verb
            foreach ($function in $ast.FindAll({ $args[0] -is [Management.Automation.Language.FunctionDefinitionAst] }, $true)) {
                if ($function.Name -notmatch '-' -or ($function.Name -split '-')[0] -notin $verbs) { "${leaf}: UseApprovedVerbs $($function.Name)" }
            }
            foreach ($parameter in $ast.FindAll({ $args[0] -is [Management.Automation.Language.ParameterAst] }, $true)) {
                if ($parameter.Name.VariablePath.UserPath -match 'password|secret|accesskey' -and $parameter.StaticType -ne [securestring]) { "${leaf}: AvoidUsingPlainTextForPassword $($parameter.Name)" }
            }
            if ($path -like '*.ps1') {
                if (-not ($ast.ParamBlock.Attributes | Where-Object { $_.TypeName.Name -eq 'CmdletBinding' })) { "${leaf}: UseCmdletBinding" }
                if (-not $ast.GetHelpContent().Synopsis) { "${leaf}: ProvideCommentHelp" }
            }
            $number = 0
            foreach ($line in [IO.File]::ReadAllLines($path)) {
                $number++
                if ($line -match '\s$') { "${leaf}:${number}: AvoidTrailingWhitespace" }
            }
        }

        """;

    [PwshFact]
    public async Task Scripts_keep_the_rules_of_PowerShell()
    {
        Pwsh run = await Pwsh.RunAsync(Rules +
            $$"""
            $files = Get-ChildItem '{{Manifest.Root}}/build.ps1', '{{Manifest.Root}}/module/*.psm1', '{{Manifest.Root}}/module/examples/*.ps1'
            "$($files.Count)"
            $files | ForEach-Object { Find-Fault $_.FullName }
            """);

        Assert.Equal("", run.Error);
        Assert.Equal(["5"], run.Output);
    }

    [PwshFact]
    public async Task A_script_that_breaks_them_is_found()
    {
        Pwsh run = await Pwsh.RunAsync(Rules +
            """
            "param([string] `$DbPassword)", 'Write-Host x', 'gci', 'Invoke-Expression 1', 'Copy-Item a b', 'Get-Thing -ComputerName x', 'function Grab-It {}', '1 ' > bad.ps1
            Find-Fault "$PWD/bad.ps1" | ForEach-Object { ($_ -split ': ')[1] }
            """);

        Assert.Equal("", run.Error);
        Assert.Equal(
            [
                "AvoidUsingWriteHost", "AvoidUsingCmdletAliases gci", "AvoidUsingInvokeExpression", "AvoidUsingPositionalParameters Copy-Item", "UseApprovedVerbs Grab-It",
                "AvoidUsingPlainTextForPassword $DbPassword", "UseCmdletBinding", "ProvideCommentHelp", "AvoidTrailingWhitespace",
            ],
            run.Output);
    }
}
