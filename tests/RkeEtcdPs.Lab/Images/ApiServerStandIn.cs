namespace RkeEtcdPs.Lab.Images;

/// <summary>A stand-in for kube-apiserver: all it does is to read etcd with the flags that it was given, and to say what came of that.</summary>
internal static class ApiServerStandIn
{
    /// <summary>Where it is in the images.</summary>
    internal const string Path = "/opt/rke-tools/kube-apiserver.sh";

    /// <summary>
    /// <c>/healthz</c> is 200 while etcd gives an answer, otherwise 500; <c>/endpoints</c> has the flags; <c>/registry</c> the keys and values under
    /// <c>PREFIX/configmaps/</c>. It does not start with endpoints that are a line of <c>/etc/kubernetes/refused-servers</c>, as with a flag it does not know.
    /// </summary>
    internal const string Script = """
        #!/bin/sh
        # The first process of a container hears nothing that it has no answer to.
        server=
        trap '[ -z "$server" ] || kill "$server"; exit 0' TERM INT
        prefix=/registry
        for word in "$@"; do
            case $word in
                --etcd-servers=*) servers=${word#*=} ;;
                --etcd-cafile=*) ca=${word#*=} ;;
                --etcd-certfile=*) cert=${word#*=} ;;
                --etcd-keyfile=*) key=${word#*=} ;;
                --etcd-prefix=*) prefix=${word#*=} ;;
            esac
        done
        if grep -qxF "$servers" /etc/kubernetes/refused-servers 2>/dev/null; then
            echo "Error: invalid argument \"$servers\" for \"--etcd-servers\" flag" >&2
            exit 1
        fi

        ssl=/etc/kubernetes/ssl
        mkdir -p /www && cd /www || exit 1
        # So that the process has the name of the component.
        ln -sf /usr/local/bin/openssl kube-apiserver

        answer() {
            printf 'HTTP/1.0 %s\r\n\r\n%s\n' "$2" "$3" >"$1.new" && mv "$1.new" "$1"
        }

        look() {
            status='200 OK'
            got=$(ETCDCTL_API=3 etcdctl --endpoints="$servers" --cacert="$ca" --cert="$cert" --key="$key" --dial-timeout=2s --command-timeout=3s get "$prefix/configmaps/" --prefix 2>&1) ||
                status='500 Internal Server Error'
            answer healthz "$status" "$status"
            answer registry "$status" "$got"
        }

        answer endpoints '200 OK' "$servers $ca $cert $key"
        look
        ./kube-apiserver s_server -accept 6443 -cert $ssl/kube-apiserver.pem -key $ssl/kube-apiserver-key.pem -HTTP -quiet &
        server=$!
        while kill -0 $server 2>/dev/null; do
            sleep 1 &
            wait $!
            look
        done
        exit 1

        """;
}
