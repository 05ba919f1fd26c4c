#!/usr/bin/env bash
# Runs all tests, after installing from Debian what they need. The lab's tests need root.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

export DEBIAN_FRONTEND=noninteractive DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
packages=(docker.io docker-registry openssh-server openssh-client etcd-server etcd-client iproute2 iptables busybox-static openssl procps shellcheck tmux)
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
            printf '#!/bin/sh\nexit 101\n' >"$policy"
            chmod +x "$policy"
            trap 'rm -f "$policy"' EXIT
        fi
        apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" || exit 1
    fi
fi

dotnet test RkeEtcdPs.sln "$@"
