#!/bin/sh
# Prints the SHA-256 of the first bytes of a file. Runs in the rke-tools image (busybox, or dash and GNU tools).
#
#   hash-beginning FILE BYTES
set -u

#include snapshot-file.sh

head -c "$2" "$1" | sha256
