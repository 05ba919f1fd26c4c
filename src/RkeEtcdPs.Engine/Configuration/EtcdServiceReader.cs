using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RkeEtcdPs.Engine.Configuration;

/// <summary>Reads <c>services.etcd</c>.</summary>
internal sealed class EtcdServiceReader(Section? services, Findings findings)
{
    private const int MostHours = 1_000_000;

    /// <summary>The etcd service; all defaults when the file does not speak of it.</summary>
    public EtcdService Read()
    {
        if (services?.Child("etcd", ClusterKeys.Etcd) is not { } etcd)
        {
            return new EtcdService();
        }
        Section? arrays = etcd.Child("extra_args_array");
        EtcdService service = new()
        {
            Image = etcd.Text("image"),
            ExtraArgs = etcd.Map("extra_args"),
            ExtraArgsArray = (arrays?.Keys ?? []).ToDictionary(flag => flag, flag => arrays!.Texts(flag), StringComparer.Ordinal),
            ExtraBinds = etcd.Texts("extra_binds"),
            ExtraEnv = etcd.Texts("extra_env"),
            UserId = etcd.Count("uid", int.MaxValue),
            GroupId = etcd.Count("gid", int.MaxValue),
            ExternalUrls = etcd.Texts("external_urls"),
            ExternalPath = etcd.Text("path"),
            Snapshot = etcd.Flag("snapshot"),
            Creation = Period(etcd, "creation"),
            Retention = Period(etcd, "retention"),
            Backup = etcd.Child("backup_config", ClusterKeys.Backup) is { } backup ? ReadBackup(backup) : null,
        };
        if (service.ExternalUrls.Count > 0)
        {
            foreach (string key in (string[])["ca_cert", "cert", "key", "path"])
            {
                if (etcd.Block(key) is null)
                {
                    findings.Error(etcd.Place("external_urls"), $"an external etcd needs '{key}'");
                }
            }
        }
        return service;
    }

    private TimeSpan? Period(Section etcd, string key)
    {
        if (etcd.Text(key) is not string text)
        {
            return null;
        }
        if (GoDuration.TryParse(text, out TimeSpan period) && period > TimeSpan.Zero)
        {
            return period;
        }
        findings.Error(etcd.Place(key), $"'{key}' must be a duration longer than 0, such as 5m0s or 24h (units h, m, s)");
        return null;
    }

    private BackupConfig ReadBackup(Section backup)
    {
        BackupConfig defaults = new();
        return new BackupConfig
        {
            Enabled = backup.Flag("enabled") ?? defaults.Enabled,
            Interval = backup.Count("interval_hours", MostHours) is int hours ? TimeSpan.FromHours(hours) : defaults.Interval,
            Retention = backup.Count("retention", int.MaxValue) ?? defaults.Retention,
            Timeout = backup.Count("timeout", int.MaxValue) is int seconds ? TimeSpan.FromSeconds(seconds) : defaults.Timeout,
            SafeTimestamp = backup.Flag("safe_timestamp") ?? false,
            S3 = backup.Child("s3backupconfig", ClusterKeys.S3) is { } s3 ? ReadS3(s3) : null,
        };
    }

    private S3BackupConfig ReadS3(Section s3)
    {
        string? bucket = s3.Text("bucket_name");
        if (s3.Find("bucket_name") is null)
        {
            findings.Error(s3.Place("bucket_name"), "'s3backupconfig' needs 'bucket_name'");
        }
        string? customCa = s3.Block("custom_ca");
        if (customCa is not null && !IsCertificate(customCa))
        {
            findings.Error(s3.Place("custom_ca"), "'custom_ca' is not a certificate in PEM form");
        }
        return new S3BackupConfig
        {
            Bucket = bucket ?? "",
            Folder = s3.Text("folder")?.Trim('/') is { Length: > 0 } folder ? folder : null,
            Endpoint = s3.Text("endpoint"),
            Region = s3.Text("region"),
            CustomCa = customCa,
            AccessKey = s3.Secret("access_key"),
            SecretKey = s3.Secret("secret_key"),
        };
    }

    private static bool IsCertificate(string pem)
    {
        X509Certificate2Collection certificates = [];
        try
        {
            certificates.ImportFromPem(pem);
            return certificates.Count > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            foreach (X509Certificate2 certificate in certificates)
            {
                certificate.Dispose();
            }
        }
    }
}
