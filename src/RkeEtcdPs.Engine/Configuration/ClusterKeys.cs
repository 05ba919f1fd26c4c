namespace RkeEtcdPs.Engine.Configuration;

/// <summary>The keys that some version of RKE, 0.1 to 1.6, knows in the parts of cluster.yml that are read here.</summary>
/// <remarks>Taken from the YAML tags of RKE's own types. RKE's YAML reader takes keys as they are written: case counts.</remarks>
internal static class ClusterKeys
{
    public static readonly IReadOnlySet<string> Top = Words("""
        nodes services network authentication addons addons_include system_images ssh_key_path ssh_cert_path ssh_agent_auth
        authorization ignore_docker_version enable_cri_dockerd kubernetes_version private_registries ingress cluster_name
        cloud_provider prefix_path win_prefix_path addon_job_timeout bastion_host monitoring restore rotate_certificates
        rotate_encryption_key dns upgrade_strategy cri_dockerd_stream_server_address cri_dockerd_stream_server_port
        """);

    public static readonly IReadOnlySet<string> Node = Words("""
        nodeName machine_name address port internal_address role hostname_override user docker_socket ssh_agent_auth ssh_key
        ssh_key_path ssh_cert ssh_cert_path labels taints
        """);

    public static readonly IReadOnlySet<string> Bastion = Words("""
        address port user ssh_agent_auth ssh_key ssh_key_path ssh_cert ssh_cert_path ignore_proxy_env_vars
        """);

    public static readonly IReadOnlySet<string> Services = Words("etcd kube-api kube-controller scheduler kubelet kubeproxy");

    public static readonly IReadOnlySet<string> Etcd = Words("""
        image extra_args extra_args_array extra_binds extra_env win_extra_args win_extra_args_array win_extra_binds win_extra_env
        external_urls ca_cert cert key path uid gid snapshot retention creation backup_config
        """);

    public static readonly IReadOnlySet<string> Backup = Words("""
        enabled interval_hours retention timeout safe_timestamp s3backupconfig
        """);

    public static readonly IReadOnlySet<string> S3 = Words("access_key secret_key bucket_name region endpoint custom_ca folder");

    public static readonly IReadOnlySet<string> Registry = Words("url user password is_default ecr_credential_plugin");

    public static readonly IReadOnlySet<string> SystemImages = Words("""
        etcd alpine nginx_proxy cert_downloader kubernetes_services_sidecar kubedns dnsmasq kubedns_sidecar kubedns_autoscaler
        coredns coredns_autoscaler nodelocal kubernetes flannel flannel_cni calico_node calico_cni calico_controllers calico_ctl
        calico_flexvol canal_node canal_cni canal_controllers canal_flannel canal_flexvol weave_node wave_node weave_cni
        pod_infra_container ingress ingress_backend ingress_webhook metrics_server windows_pod_infra_container dashboard heapster
        grafana influxdb tiller aci_cni_deploy_container aci_host_container aci_opflex_container aci_mcast_container
        aci_ovs_container aci_controller_container aci_gbp_server_container aci_opflex_server_container
        """);

    private static readonly (IReadOnlySet<string> Keys, string Place)[] Places =
    [
        (Top, "at the top level"), (Node, "in a node"), (Services, "in services"), (Etcd, "in services.etcd"),
        (Backup, "in services.etcd.backup_config"), (S3, "in s3backupconfig"), (Registry, "in private_registries"),
    ];

    /// <summary>Where a key would be known; null when it is known nowhere.</summary>
    public static string? PlaceOf(string key) => Array.Find(Places, place => place.Keys.Contains(key)).Place;

    private static HashSet<string> Words(string text) => [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
}
