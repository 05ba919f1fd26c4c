using System.Reflection;
using RkeEtcdPs.Help;
using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.Help;

public sealed class CommentTextTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void References_become_what_one_types() =>
        Assert.Equal("See -Node, DateTime, null and a code.", TextOf("See <see cref=\"P:Some.ClusterCmdlet.Node\"/>, <see cref=\"T:System.DateTime\"/>,\n   <see langword=\"null\"/> and <c>a code</c>."));

    [Fact]
    public void What_is_inherited_is_told_from_where_it_stands()
    {
        File.WriteAllText(_file, $"<doc><members><member name=\"P:{typeof(Base).FullName}.{nameof(Base.Value)}\"><summary>From the base.</summary></member><member name=\"P:{typeof(Derived).FullName}.{nameof(Derived.Value)}\"><inheritdoc/></member></members></doc>");

        Assert.Equal("From the base.", new CommentText([_file]).Of(typeof(Derived).GetProperty(nameof(Derived.Value))!));
    }

    private string TextOf(string summary)
    {
        PropertyInfo property = typeof(Base).GetProperty(nameof(Base.Value))!;
        File.WriteAllText(_file, $"<doc><members><member name=\"P:{typeof(Base).FullName}.{property.Name}\"><summary>{summary}</summary></member></members></doc>");
        return new CommentText([_file]).Of(property);
    }

    private class Base
    {
        public virtual int Value => 1;
    }

    private sealed class Derived : Base
    {
        public override int Value => 2;
    }
}
