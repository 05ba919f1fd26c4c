#!/usr/bin/env bash
# Runs all tests, after installing from Debian what they need. The lab's tests need root.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

export DEBIAN_FRONTEND=noninteractive DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
packages=(docker.io docker-registry openssh-server openssh-client etcd-server etcd-client iproute2 iptables busybox-static openssl procps shellcheck tmux
    swift-proxy swift-account swift-container swift-object)
# A node from elsewhere than Debian brings its own npm.
command -v npm >/dev/null || packages+=(nodejs npm)
missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if ((${#missing[@]})); then
    if ((EUID)); then
        echo "Not installed: ${missing[*]}. As root this script installs them; without them tests are skipped." >&2
    else
        # Nothing of it may start as a service: the lab starts its own, in namespaces of their own.
        policy=/usr/sbin/policy-rc.d
        if [ ! -e "$policy" ]; then
            trap 'rm -f "$policy"' EXIT
            printf '#!/bin/sh\nexit 101\n' >"$policy"
            chmod +x "$policy"
        else
            policy=
        fi
        apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" || exit 1
        [ -z "$policy" ] || rm -f "$policy"
    fi
fi

# The S3 server that the tests of buckets run against.
export ETCDSNAPSHOT_TEST_CACHE=${ETCDSNAPSHOT_TEST_CACHE:-$HOME/.cache/etcdsnapshot-tests}
s3rver=$ETCDSNAPSHOT_TEST_CACHE/s3rver-3.7.1
if [ ! -x "$s3rver/node_modules/.bin/s3rver" ]; then
    mkdir -p "$s3rver"
    npm install --silent --no-save --no-audit --no-fund --prefix "$s3rver" s3rver@3.7.1 ||
        echo "s3rver could not be installed from npm; the tests of buckets are skipped." >&2
fi

# The long ones only when asked for: the rest is to be run often.
filter=()
if [ "${ETCDSNAPSHOT_LONG_TESTS:-}" != 1 ] && [[ " $* " != *' --filter '* ]]; then
    filter=(--filter 'Speed!=Long')
fi

dotnet build RkeEtcdPs.sln -v quiet -nologo || exit 1

# Each project is a process group, which is ended as a whole; its lab notices, and goes too.
set -m
logs=$(mktemp -d)
running=()
names=()
status=0
trap 'kill -- "${running[@]/#/-}" 2>/dev/null; rm -rf "$logs"' EXIT
trap 'exit 130' INT TERM HUP

arguments=("${filter[@]}" "$@")

start() {
    dotnet test "tests/$1" --no-build -nologo "${arguments[@]}" >"$logs/$1" 2>&1 &
    running+=($!)
    names+=("$1")
}

# Waits for one of those that run, and shows what it said.
finish() {
    local ended i
    wait -n -p ended "${running[@]}" || status=1
    for i in "${!running[@]}"; do
        if [ "${running[i]}" = "$ended" ]; then
            echo "== ${names[i]}"
            cat "$logs/${names[i]}"
            unset "running[i]" "names[i]"
        fi
    done
}

# Two at a time, the long ones first: each has a lab of its own and mostly waits, but with more of them on two processors limits of time would be put to the test.
for project in RkeEtcdPs.Lab.Recovery.Tests RkeEtcdPs.Lab.Tests RkeEtcdPs.PowerShell.Tests RkeEtcdPs.Engine.Tests RkeEtcdPs.Cmdlets.Tests; do
    ((${#running[@]} < 2)) || finish
    start "$project"
done
while ((${#running[@]})); do
    finish
done
exit "$status"
