namespace RkeEtcdPs.Engine.Tests.Configuration;

/// <summary>Files to test with. Every secret in them holds <see cref="Marker"/>.</summary>
internal static class ExampleCluster
{
    public const string Marker = "Zq7Marker9X";

    public const string Smallest = """
        nodes:
          - address: 10.0.0.1
            user: rke
            role: [controlplane, worker, etcd]

        """;

    public const string Full = """
        # A cluster with everything that is read.
        cluster_name: harbour
        kubernetes_version: v1.20.15-rancher2-2
        prefix_path: /opt/custom
        ssh_key_path: ~/.ssh/cluster
        ssh_cert_path: /keys/cluster-cert.pub
        ssh_agent_auth: yes
        ignore_docker_version: true
        bastion_host:
          address: jump.example.org
          port: "2222"
          user: jump
          ssh_key_path: 'C:\Users\me\.ssh\jump'
          ssh_agent_auth: false
          ignore_proxy_env_vars: true
        nodes:
          - &first
            address: 192.0.2.11
            port: 2022
            internal_address: 10.0.0.11
            role:
              - controlplane
              - etcd
            hostname_override: cp1
            user: rke
            docker_socket: /run/docker.sock
            ssh_agent_auth: false
            ssh_key: |-
              -----BEGIN OPENSSH PRIVATE KEY-----
              Zq7Marker9XAAAAB3NzaC1yc2EAAAADAQABAAABAQ
              -----END OPENSSH PRIVATE KEY-----
            ssh_cert: ssh-rsa-cert-v01@openssh.com AAAA
            labels: {zone: a, empty: }
            taints:
              - {key: k, value: v, effect: NoSchedule}
          - <<: *first
            address: 192.0.2.12
            internal_address: 10.0.0.12
            hostname_override: cp2
          - nodeName: c-1:m-3
            address: worker3.example.org
            role: worker
            user: rke
            ssh_key_path: /keys/worker3
        services:
          etcd:
            image: quay.io/coreos/etcd:v3.4.15
            extra_args: {election-timeout: 5000, heartbeat-interval: "500"}
            extra_binds: ["/var/etcd-extra:/extra"]
            extra_env: [GOGC=50]
            uid: 52034
            gid: 52034
            snapshot: true
            creation: 5m0s
            retention: 24h
            backup_config:
              enabled: true
              interval_hours: 6
              retention: 10
              timeout: 900
              safe_timestamp: true
              s3backupconfig:
                access_key: AKZq7Marker9X
                secret_key: "Zq7Marker9X/secret+key="
                bucket_name: etcd
                folder: /harbour/
                endpoint: s3.example.org:9000
                region: eu-central-1
          kube-api:
            service_cluster_ip_range: 10.43.0.0/16
            anything: {at: [all]}
        network: {plugin: canal, whatever: 1}
        system_images:
          etcd: rancher/mirrored-coreos-etcd:v3.4.15
          alpine: rancher/rke-tools:v0.1.78
          kubernetes:
        private_registries:
          - url: registry.example.org:5000
            user: puller
            password: pass-Zq7Marker9X
            is_default: true
          - password: 'Zq7Marker9X: "quoted"'
        addons: |
          ---
          kind: Namespace

        """;
}
