using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.PowerShell;

public sealed class ViewTests
{
    // One object of every type that a cmdlet gives, whose every text a host could have chosen badly.
    private const string Objects =
        """
        $evil = "ev`e[31mil`e]0;x`a"
        function Sample([type] $type, [int] $depth) {
            $type = [Nullable]::GetUnderlyingType($type) ?? $type
            if ($type -eq [string]) { return $evil }
            if ($type.IsEnum) { return [Enum]::GetValues($type)[-1] }
            if ($type -eq [timespan]) { return [timespan]::FromDays(3) }
            if ($type -eq [datetime]) { return [datetime]::UtcNow.AddDays(-3) }
            if ($type -eq [bool]) { return $true }
            if ($type.IsPrimitive) { return 25000 -as $type }
            if ($depth -gt 4 -or [Exception].IsAssignableFrom($type)) { return $null }
            if ($type.IsGenericType -and $type.IsInterface) {
                $of = $type.GenericTypeArguments
                if ($of.Count -eq 2) {
                    $filled = [Collections.Generic.Dictionary`2].MakeGenericType($of)::new()
                    $null = $filled[$evil] = Sample $of[1] ($depth + 1)
                }
                else {
                    $filled = [Collections.Generic.List`1].MakeGenericType($of)::new()
                    $element = Sample $of[0] ($depth + 1)
                    if ($null -ne $element) { $filled.Add($element) }
                }
                return , $filled
            }
            if (-not $type.IsClass -or $type.IsArray -or $type.FullName -notlike 'RkeEtcdPs.*') { return $null }
            if ($type.Name -eq 'StatementList') { return , $type::new([string[]] @($evil)) }
            $made = [Runtime.CompilerServices.RuntimeHelpers]::GetUninitializedObject($type)
            foreach ($field in $type.GetFields('Instance, NonPublic, Public')) {
                $value = Sample $field.FieldType ($depth + 1)
                if ($null -ne $value) { $field.SetValue($made, ($value -is [psobject] ? $value.psobject.BaseObject : $value)) }
            }
            return , $made
        }
        $types = (Get-Command -Module EtcdSnapshot).ImplementingType | ForEach-Object { $_.GetCustomAttributes([Management.Automation.OutputTypeAttribute], $true) } |
            ForEach-Object { $_.Type.Type } | Where-Object FullName -Like 'RkeEtcdPs.*' | Sort-Object FullName -Unique
        $objects = [ordered] @{}
        foreach ($type in $types) { $objects[$type.Name] = Sample $type 0 }
        foreach ($name in 'HostCheck=EtcdSnapshotCheck', 'ListedSnapshot=EtcdSnapshot', 'ObjectWithValue=SnapshotObject') {
            $new, $old = $name -split '='
            $objects[$new] = [psobject]::AsPSObject((Sample $objects[$old].GetType() 0))
            $objects[$new].PSTypeNames.Insert(0, "EtcdSnapshot.$new")
        }
        function Show($item) {
            $item | Format-Table | Out-String -Width 300
            $item | Format-List | Out-String -Width 300
            $item | Format-Wide | Out-String -Width 300
        }
        $PSStyle.OutputRendering = 'PlainText'

        """;

    [PwshFact]
    public async Task Every_output_has_a_table_a_list_and_a_wide_view()
    {
        Pwsh run = await Pwsh.RunAsync(Objects +
            """
            "$($objects.Count -gt 14)"
            foreach ($name in $objects.Keys) {
                $views = (Get-FormatData -TypeName $objects[$name].PSTypeNames[0]).FormatViewDefinition.Control | ForEach-Object { $_.GetType().Name }
                foreach ($view in 'Table', 'List', 'Wide') {
                    # What was asked for with its value is a list, and else shown as other objects are.
                    if ("${view}Control" -notin $views -and $name -ne 'ObjectWithValue' -and "$name $view" -ne 'HostCheck Wide') { "$name has no $view" }
                }
            }
            """);

        Assert.Equal("", run.Error);
        Assert.Equal(["True"], run.Output);
    }

    [PwshFact]
    public async Task What_hosts_and_files_chose_never_reaches_the_terminal_as_it_is()
    {
        Pwsh run = await Pwsh.RunAsync(Objects +
            """
            foreach ($name in $objects.Keys) {
                $shown = Show $objects[$name]
                if (-join $shown -notmatch '\\u001B') { "$name does not show its text" }
                for ($i = 0; $i -lt 3; $i++) {
                    if ($shown[$i].ToCharArray() | Where-Object { [char]::IsControl($_) -and $_ -notin "`r", "`n" }) { "$name shows control characters in view $i" }
                }
            }
            """);

        Assert.Equal("", run.Error);
        Assert.Equal([""], run.Output);
    }

    [PwshFact]
    public async Task Objects_from_a_file_or_a_job_read_as_they_did()
    {
        Pwsh run = await Pwsh.RunAsync(Objects +
            """
            $Error.Clear()
            foreach ($name in $objects.Keys) {
                $before = Show $objects[$name]
                $objects[$name] | Export-Clixml kept.xml
                if (Compare-Object $before (Show (Import-Clixml kept.xml))) { "$name reads otherwise from a file" }
                # As deep as a job and a remote session take an object.
                $remote = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($objects[$name], 1))
                if (Compare-Object $before (Show $remote)) { "$name reads otherwise from a job" }
            }
            $Error | ForEach-Object { "$_" }
            """);

        Assert.Equal("", run.Error);
        Assert.Equal([""], run.Output);
    }

    [PwshFact]
    public async Task Views_read_the_same_in_a_constrained_session()
    {
        Pwsh run = await Pwsh.RunAsync(Objects +
            """
            $before = @{}
            foreach ($name in $objects.Keys) { $before[$name] = Show $objects[$name] }
            $Error.Clear()
            $ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
            foreach ($name in $objects.Keys) {
                $shown = Show $objects[$name]
                if ("$shown" -ne "$($before[$name])") { "$name reads otherwise" }
            }
            $Error | ForEach-Object { "$_" }
            try { [IO.File]::Exists('x') } catch { 'constrained' }
            """);

        Assert.Equal("", run.Error);
        Assert.Equal(["constrained"], run.Output);
    }

    [PwshFact]
    public async Task Endpoints_of_a_table_are_short_where_they_are_as_RKE_has_them()
    {
        Pwsh run = await Pwsh.RunAsync(
            "[RkeEtcdPs.Cmdlets.Formatting.View]::Endpoints[[pscustomobject] @{ Old = 'https://10.0.0.1:2379', 'http://10.0.0.2:2379', 'https://10.0.0.3:4001' }, 'Old']");

        Assert.Equal(["10.0.0.1, http://10.0.0.2:2379, https://10.0.0.3:4001"], run.Output);
    }
}
