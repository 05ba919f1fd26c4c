using System.Collections.Frozen;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>The kinds of Kubernetes' own resources: what an encrypted value cannot tell, its key does.</summary>
public static class ResourceKinds
{
    private static readonly FrozenDictionary<string, string> Kinds = new Dictionary<string, string>
    {
        ["apiservices"] = "APIService",
        ["certificatesigningrequests"] = "CertificateSigningRequest",
        ["clusterrolebindings"] = "ClusterRoleBinding",
        ["clusterroles"] = "ClusterRole",
        ["configmaps"] = "ConfigMap",
        ["controllerrevisions"] = "ControllerRevision",
        ["controllers"] = "ReplicationController",
        ["cronjobs"] = "CronJob",
        ["csidrivers"] = "CSIDriver",
        ["csinodes"] = "CSINode",
        ["customresourcedefinitions"] = "CustomResourceDefinition",
        ["daemonsets"] = "DaemonSet",
        ["deployments"] = "Deployment",
        ["endpoints"] = "Endpoints",
        ["endpointslices"] = "EndpointSlice",
        ["events"] = "Event",
        ["flowschemas"] = "FlowSchema",
        ["horizontalpodautoscalers"] = "HorizontalPodAutoscaler",
        ["ingress"] = "Ingress",
        ["ingressclasses"] = "IngressClass",
        ["jobs"] = "Job",
        ["leases"] = "Lease",
        ["limitranges"] = "LimitRange",
        ["masterleases"] = "Endpoints",
        ["mutatingwebhookconfigurations"] = "MutatingWebhookConfiguration",
        ["namespaces"] = "Namespace",
        ["networkpolicies"] = "NetworkPolicy",
        ["nodes"] = "Node",
        ["persistentvolumeclaims"] = "PersistentVolumeClaim",
        ["persistentvolumes"] = "PersistentVolume",
        ["poddisruptionbudgets"] = "PodDisruptionBudget",
        ["pods"] = "Pod",
        ["podsecuritypolicy"] = "PodSecurityPolicy",
        ["podtemplates"] = "PodTemplate",
        ["priorityclasses"] = "PriorityClass",
        ["prioritylevelconfigurations"] = "PriorityLevelConfiguration",
        ["ranges"] = "RangeAllocation",
        ["replicasets"] = "ReplicaSet",
        ["resourcequotas"] = "ResourceQuota",
        ["rolebindings"] = "RoleBinding",
        ["roles"] = "Role",
        ["secrets"] = "Secret",
        ["serviceaccounts"] = "ServiceAccount",
        ["services"] = "Service",
        ["statefulsets"] = "StatefulSet",
        ["storageclasses"] = "StorageClass",
        ["validatingwebhookconfigurations"] = "ValidatingWebhookConfiguration",
        ["volumeattachments"] = "VolumeAttachment",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The kinds, in the order of their names.</summary>
    public static IReadOnlyList<string> Known { get; } = [.. Kinds.Values.Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The kind of a resource; null when it is not one of Kubernetes' own.</summary>
    public static string? Find(string? resource) => resource is not null && Kinds.TryGetValue(resource, out string? kind) ? kind : null;
}
