#!/bin/sh
# Prints the SHA-256 of the first bytes of a file. Runs in the rke-tools image (busybox, or dash and GNU tools).
#
#   hash-beginning FILE BYTES
set -u

digest() {
    if command -v openssl >/dev/null; then
        openssl dgst -sha256 -r
    else
        sha256sum
    fi
}

head -c "$2" "$1" | digest | cut -c 1-64
