using System.Globalization;

namespace RkeEtcdPs.Lab.Recovery.Tests.Components;

/// <summary>What tests of restarts put on the hosts of a lab, and what they see there.</summary>
internal static class ComponentHosts
{
    private const string Image = "rancher/hyperkube:lab";
    private const string Ssl = "/etc/kubernetes/ssl";

    /// <summary>RKE's own containers on a host of all roles, in the order of their restart.</summary>
    internal static readonly string[] ControlPlane = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy"];

    /// <summary>The pods of a canal network, with the pause container and with the ended one that prepared it; and a workload that is called like it.</summary>
    internal static async Task AddPodsAsync(LabHost host)
    {
        foreach (string name in new[] { NameOf("POD", "canal"), NameOf("calico-node", "canal"), NameOf("kube-flannel", "canal"), NameOf("POD", "coredns"), NameOf("coredns", "coredns"), Workload })
        {
            await RunAsync(host, name, "--entrypoint", "/opt/rke-tools/entrypoint.sh", Image);
        }

        await RunAsync(host, NameOf("install-cni", "canal"), "--entrypoint", "true", Image);
    }

    /// <summary>A workload's container.</summary>
    internal const string Workload = "k8s_calico-demo_calico-demo_default_00000000-0000-4000-8000-000000000001_0";

    /// <summary>The name of a container of one of the cluster's own pods.</summary>
    internal static string NameOf(string container, string pod) => $"k8s_{container}_{pod}-x7k2p_kube-system_00000000-0000-4000-8000-000000000000_0";

    /// <summary>
    /// Puts an API server in place of the one that only waits: it listens with RKE's certificate on 6443, is called as the real one, and
    /// answers <c>/healthz</c> with a status.
    /// </summary>
    internal static async Task ServeHealthAsync(LabHost host, string status, double startSeconds = 0)
    {
        string script = $"""
            mkdir -p /www && cd /www && printf 'HTTP/1.0 {status}\r\n\r\n{status}' >healthz
            ln -sf /usr/local/bin/openssl /www/kube-apiserver
            sleep {startSeconds.ToString(CultureInfo.InvariantCulture)}
            exec /www/kube-apiserver s_server -accept 6443 -cert {Ssl}/kube-apiserver.pem -key {Ssl}/kube-apiserver-key.pem -HTTP -quiet
            """;
        // A first process without a handler does not hear SIGTERM.
        await ReplaceAsync(host, "kube-apiserver", "--stop-signal", "SIGKILL", "--entrypoint", "sh", Image, "-c", script);
    }

    /// <summary>Puts another container in the place of a component's.</summary>
    internal static async Task ReplaceAsync(LabHost host, string name, params string[] options)
    {
        (await host.DockerAsync("rm", "--force", name)).OrThrow();
        await RunAsync(host, name, ["--restart", "always", "--volume", "/etc/kubernetes:/etc/kubernetes", .. options]);
    }

    /// <summary>Since when each container of a host runs, by name.</summary>
    internal static async Task<Dictionary<string, DateTime>> StartTimesAsync(LabHost host)
    {
        string[] ids = (await host.DockerAsync("ps", "--all", "--quiet")).OrThrow().StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string lines = (await host.DockerAsync(["inspect", "--format", "{{.Name}} {{.State.StartedAt}}", .. ids])).OrThrow().StandardOutput;
        return lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))
            .ToDictionary(words => words[0].TrimStart('/'), words => DateTime.Parse(words[1], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal));
    }

    /// <summary>True when a container runs.</summary>
    internal static async Task<bool> RunsAsync(LabHost host, string name)
        => (await host.DockerAsync("inspect", "--format", "{{.State.Running}}", name)).StandardOutput.Trim() == "true";

    private static async Task RunAsync(LabHost host, string name, params string[] options)
        => (await host.DockerAsync(["run", "--detach", "--name", name, "--network", "host", .. options])).OrThrow();
}
