#!/bin/sh
# Asks health URLs on a host's loopback. Runs in the rke-tools image on the host's network.
#
#   probe-health hold SECONDS   waits to be asked, and ends when nobody has asked for so long: the caller may be gone
#   probe-health ask URL ...    says for each URL, on a line of its own: the URL and the status of the answer,
#                               or none where nothing listens, or unclear where what listens gives no status;
#                               over https it shows the certificate CLIENT_CERT, whose key is CLIENT_KEY, where they are given
set -u
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy

verb=$1
shift
asked=/tmp/asked

hold() {
    trap 'exit 0' TERM INT HUP
    silent=0
    while [ "$silent" -lt "$1" ]; do
        sleep 1 &
        wait $!
        silent=$((silent + 1))
        if [ -e "$asked" ]; then
            rm -f "$asked"
            silent=0
        fi
    done
}

# The kernel's own list, so that a port that is closed is never mistaken for a tool that does not work. 0A is LISTEN.
listens() {
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q "^ *[0-9]*: [0-9A-F]*:$(printf '%04X' "$1") [0-9A-F]*:0000 0A "
}

number() {
    sed -n 's/.*HTTP\/[0-9.]* \([0-9][0-9][0-9]\).*/\1/p' | head -n 1
}

# Runs a tool that may wait for ever, and ends it after five seconds.
limited() {
    "$@" <&3 3<&- &
    tool=$!
    (sleep 5 && kill "$tool") >/dev/null 2>&1 3<&- &
    guard=$!
    wait "$tool"
    ended=$?
    kill "$guard" 2>/dev/null
    return "$ended"
} 3<&0

by_curl() {
    command -v curl >/dev/null || return
    url=$1
    shift
    [ -z "$certificate" ] || set -- --cert "$certificate" --key "$key"
    curl "$@" --insecure --silent --output /dev/null --max-time 5 --write-out '%{http_code}' "$url" | grep -v 000
}

by_wget() {
    command -v wget >/dev/null || return
    if said=$(limited wget -T 5 -O /dev/null --no-check-certificate "$1" 2>&1); then
        echo 200
    else
        printf '%s\n' "$said" | number
    fi
}

by_openssl() {
    command -v openssl >/dev/null || return
    set --
    [ -z "$certificate" ] || set -- -cert "$certificate" -key "$key"
    printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$path" | limited openssl s_client "$@" -quiet -connect "$authority" 2>/dev/null | head -n 1 | number
}

ask() {
    scheme=${1%%://*}
    rest=${1#*://}
    authority=${rest%%/*}
    path=/${rest#*/}
    listens "${authority##*:}" || {
        echo none
        return
    }
    certificate=
    [ "$scheme" = http ] || certificate=${CLIENT_CERT:-}
    key=${CLIENT_KEY:-}
    status=$(by_curl "$1")
    # wget has no certificate to show.
    [ -n "$status" ] || [ -z "$certificate" ] || status=$(by_openssl)
    [ -n "$status" ] || status=$(by_wget "$1")
    [ -n "$status" ] || [ "$scheme" = http ] || status=$(by_openssl)
    echo "${status:-unclear}"
}

if [ "$verb" = hold ]; then
    hold "$1"
    exit 0
fi

touch "$asked"
for url in "$@"; do
    echo "$url $(ask "$url")"
done
