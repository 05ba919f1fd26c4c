using System.Globalization;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Tests.Configuration;

/// <summary>Makes valid clusters by chance. The same random numbers make the same cluster.</summary>
internal sealed class RandomCluster(Random random)
{
    private const string Odd = "aZ09 :#-'\"\\,[]{}&*!|>%@`~éß\uD83D\uDE00";

    public RkeCluster Next()
    {
        string name = Maybe(Word) ?? "local";
        bool isExternal = random.Next(8) == 0;
        RkeBastion? bastion = Maybe(() => new RkeBastion
        {
            Address = "jump-" + Word(),
            Port = random.Next(1, 65536),
            User = Maybe(Word),
            Login = Login(),
        });
        return new RkeCluster
        {
            Name = name,
            Bastion = bastion,
            Nodes = [.. Enumerable.Range(1, random.Next(1, 6)).Select(i => Node(i, name, bastion, isExternal))],
            Etcd = Etcd(isExternal),
            SystemImages = Some(["etcd", "alpine", "kubernetes", "wave_node"]).ToDictionary(key => key, _ => Text()),
            PrivateRegistries = [.. Some([1, 2]).Select(i => new PrivateRegistry
            {
                Url = $"r{i}:5000", User = Maybe(Text), Password = Maybe(() => new Secret(Lines())), IsDefault = Flip(),
            })],
            PrefixPath = Maybe(() => "/opt/" + Word()),
            KubernetesVersion = Maybe(Text),
        };
    }

    private RkeNode Node(int number, string cluster, RkeBastion? bastion, bool isExternal)
    {
        string address = Flip() ? $"10.0.0.{number}" : $"host{number}.example.org";
        NodeRoles roles = (NodeRoles)random.Next(1, 8);
        roles = isExternal ? (roles & ~NodeRoles.Etcd) | NodeRoles.Worker : number == 1 ? roles | NodeRoles.Etcd : roles;
        return new RkeNode
        {
            ClusterName = cluster,
            Name = Maybe(() => $"node-{number}") ?? address,
            Address = address,
            InternalAddress = Maybe(() => $"fd00::{number}") ?? address,
            Port = Flip() ? 22 : random.Next(1, 65536),
            Roles = roles,
            User = Word(),
            DockerSocket = Flip() ? "/var/run/docker.sock" : $"/run/{Word()}.sock",
            Login = Login(),
            Bastion = bastion,
            Labels = Some(["a/b", "c.d", "<<x", "~", "true"]).ToDictionary(key => key, _ => Flip() ? "" : Text()),
        };
    }

    private SshLogin Login() => new()
    {
        UseAgent = Flip(),
        Key = Maybe(() => new Secret(Lines())),
        KeyPath = Maybe(() => @"C:\keys\" + Word()),
        Certificate = Maybe(Lines),
        CertificatePath = Maybe(() => "/c/" + Word()),
    };

    private EtcdService Etcd(bool isExternal) => new()
    {
        Image = Maybe(Text),
        ExtraArgs = Some(["x", "election-timeout"]).ToDictionary(key => key, _ => random.Next().ToString(CultureInfo.InvariantCulture)),
        ExtraBinds = Some(["/a:/b", "/c:/d:ro"]),
        ExtraEnv = Some(["A=1", "B= x"]),
        ExternalUrls = isExternal ? ["https://e1:2379", "https://e2:2379"] : [],
        ExternalPath = isExternal ? "/registry" : null,
        Snapshot = Flip() ? null : Flip(),
        Creation = Flip() ? null : TimeSpan.FromMilliseconds(random.Next(1, int.MaxValue)),
        Retention = Flip() ? null : TimeSpan.FromSeconds(random.Next(1, int.MaxValue)),
        Backup = Maybe(() => new BackupConfig
        {
            Enabled = Flip(),
            Interval = TimeSpan.FromHours(random.Next(1, 1000)),
            Retention = random.Next(1, 1000),
            Timeout = TimeSpan.FromSeconds(random.Next(1, 10_000)),
            SafeTimestamp = Flip(),
            S3 = Maybe(() => new S3BackupConfig
            {
                Bucket = Text(),
                Folder = Maybe(Word),
                Endpoint = Maybe(Text),
                Region = Maybe(Text),
                AccessKey = Maybe(() => new Secret(Text())),
                SecretKey = Maybe(() => new Secret(Lines())),
            }),
        }),
    };

    private bool Flip() => random.Next(2) == 0;

    private T? Maybe<T>(Func<T> make)
        where T : class
        => Flip() ? make() : null;

    private T[] Some<T>(T[] from) => [.. from.Where(_ => Flip())];

    private string Word() => new(random.GetItems<char>("abcdefghijklmnopqrstuvwxyz0123456789", random.Next(1, 12)));

    private string Text() => "t" + string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => Piece())) + "t";

    private string Lines() => string.Join('\n', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Text()));

    private string Piece()
    {
        char c = Odd[random.Next(Odd.Length)];
        return char.IsSurrogate(c) ? "\uD83D\uDE00" : c.ToString();
    }
}
