using RkeEtcdPs.Help;

if (args is not [string assembly, string reference, string texts, string output])
{
    Console.Error.WriteLine("usage: RkeEtcdPs.Help <cmdlets.dll> <System.Management.Automation.dll> <folder of texts> <dll-Help.xml>");
    return 2;
}

CmdletAssembly cmdlets = new(assembly, reference);
Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
MamlWriter.Write(cmdlets.Cmdlets, name => CmdletText.Read(Path.Combine(texts, name + ".md")), output);
return 0;
