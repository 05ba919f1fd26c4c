using System.Globalization;
using System.Text;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Tests.Configuration;

/// <summary>Writes a cluster as a cluster.yml, each value in a style chosen by chance. Secrets are written as they are.</summary>
internal sealed class ClusterYaml(Random random)
{
    private readonly StringBuilder _yaml = new();

    public string Write(RkeCluster cluster)
    {
        Line(0, "cluster_name", cluster.Name);
        Line(0, "kubernetes_version", cluster.KubernetesVersion);
        Line(0, "prefix_path", cluster.PrefixPath);
        if (cluster.Bastion is { } bastion)
        {
            _yaml.Append("bastion_host:\n");
            Line(1, "address", bastion.Address);
            Line(1, "port", Number(bastion.Port));
            Line(1, "user", bastion.User);
            Login(1, bastion.Login);
        }
        _yaml.Append("nodes:\n");
        foreach (RkeNode node in cluster.Nodes)
        {
            Node(node);
        }
        Etcd(cluster.Etcd);
        Map(0, "system_images", cluster.SystemImages);
        _yaml.Append("private_registries:\n");
        foreach (PrivateRegistry registry in cluster.PrivateRegistries)
        {
            _yaml.Append("-\n");
            Line(1, "url", registry.Url);
            Line(1, "user", registry.User);
            Line(1, "password", registry.Password?.Reveal());
            Flag(1, "is_default", registry.IsDefault);
        }
        return _yaml.ToString();
    }

    private void Node(RkeNode node)
    {
        string[] roles = node.Roles.ToString().ToLowerInvariant().Split(", ");
        _yaml.Append(random.Next(2) == 0 ? "-\n" : "- # a node\n");
        Line(2, "address", node.Address);
        Line(2, "internal_address", node.InternalAddress);
        Line(2, "hostname_override", node.Name);
        Line(2, "port", Number(node.Port));
        Line(2, "user", node.User);
        _yaml.Append(CultureInfo.InvariantCulture, $"    role: {(random.Next(2) == 0 ? $"[{string.Join(", ", roles)}]" : string.Join(',', roles))}\n");
        Line(2, "docker_socket", node.DockerSocket);
        Login(2, node.Login);
        Map(2, "labels", node.Labels);
    }

    private void Login(int level, SshLogin login)
    {
        Flag(level, "ssh_agent_auth", login.UseAgent);
        Line(level, "ssh_key", login.Key?.Reveal());
        Line(level, "ssh_key_path", login.KeyPath);
        Line(level, "ssh_cert", login.Certificate);
        Line(level, "ssh_cert_path", login.CertificatePath);
    }

    private void Etcd(EtcdService etcd)
    {
        _yaml.Append("services:\n  etcd:\n");
        Line(2, "image", etcd.Image);
        Map(2, "extra_args", etcd.ExtraArgs);
        List("extra_binds", etcd.ExtraBinds);
        List("extra_env", etcd.ExtraEnv);
        List("external_urls", etcd.ExternalUrls);
        Line(2, "path", etcd.ExternalPath);
        foreach (string key in etcd.ExternalUrls.Count > 0 ? (string[])["ca_cert", "cert", "key"] : [])
        {
            Line(2, key, "PEM\nPEM\n");
        }
        Flag(2, "snapshot", etcd.Snapshot);
        Line(2, "creation", etcd.Creation is { } creation ? GoDuration.Format(creation) : null);
        Line(2, "retention", etcd.Retention is { } retention ? GoDuration.Format(retention) : null);
        if (etcd.Backup is { } backup)
        {
            _yaml.Append("    backup_config:\n");
            Flag(3, "enabled", backup.Enabled);
            Flag(3, "safe_timestamp", backup.SafeTimestamp);
            _yaml.Append(CultureInfo.InvariantCulture, $"      interval_hours: {backup.Interval.TotalHours}\n");
            _yaml.Append(CultureInfo.InvariantCulture, $"      retention: {backup.Retention}\n      timeout: {backup.Timeout.TotalSeconds}\n");
            if (backup.S3 is { } s3)
            {
                _yaml.Append("      s3backupconfig:\n");
                Line(4, "bucket_name", s3.Bucket);
                Line(4, "folder", s3.Folder is null ? null : $"/{s3.Folder}/");
                Line(4, "endpoint", s3.Endpoint);
                Line(4, "region", s3.Region);
                Line(4, "access_key", s3.AccessKey?.Reveal());
                Line(4, "secret_key", s3.SecretKey?.Reveal());
            }
        }
    }

    private void Map(int level, string key, IReadOnlyDictionary<string, string> map)
    {
        _yaml.Append(' ', level * 2).Append(key).Append(":\n");
        foreach ((string name, string value) in map)
        {
            Line(level + 1, Quoted(name), value);
        }
    }

    private void List(string key, IReadOnlyList<string> items)
        => _yaml.Append("    ").Append(key).Append(": [").AppendJoin(", ", items.Select(Quoted)).Append("]\n");

    private void Flag(int level, string key, bool? value)
    {
        if (value is bool flag)
        {
            _yaml.Append(' ', level * 2).Append(key).Append(": ").Append(flag ? "true" : "no").Append('\n');
        }
    }

    private void Line(int level, string key, string? value)
    {
        if (value is null && random.Next(2) == 0)
        {
            return;
        }
        _yaml.Append(' ', level * 2).Append(key).Append(": ").Append(value is null ? "" : Styled(value, level)).Append('\n');
    }

    private string Styled(string value, int level)
    {
        string indent = new(' ', (level * 2) + 2);
        return random.Next(4) switch
        {
            0 when value.All(c => char.IsAsciiLetterLower(c) || c is '/' or '.') && value is not ("" or "y" or "n" or "no" or "on") => value,
            1 when value.Length > 0 && value[^1] != '\n' => $"|-\n{indent}{value.Replace("\n", "\n" + indent, StringComparison.Ordinal)}",
            2 when !value.Contains('\n') => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'",
            _ => Quoted(value),
        };
    }

    private static string Quoted(string value)
        => '"' + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + '"';

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
