#!/bin/sh
# Reads a snapshot in /snapshots to its end, and tells what it is. Changes nothing. Runs in the rke-tools image (busybox, or dash and GNU tools).
#
#   check-snapshot NAME
#
# Standard output is for the caller, one fact a line; standard error is for people.
set -u
export ETCDCTL_API=3
file=/snapshots/$1
child=

trap '[ -z "$child" ] || kill -9 "$child" 2>/dev/null; exit 143' TERM INT HUP

# A shell that waits, unlike one that runs it, hears its signals.
await() {
    "$@" &
    child=$!
    wait "$child"
    code=$?
    child=
    return "$code"
}

sha256() {
    if command -v openssl >/dev/null; then
        openssl dgst -sha256 -r
    else
        sha256sum
    fi | cut -c 1-64
}

# Bolt pages are multiples of 512 bytes, so the blocks below end where the trailer of 32 bytes begins.
hash() {
    {
        dd bs=1048576 count=$(($1 / 1048576))
        dd bs=512 count=$(($1 % 1048576 / 512))
    } <"$file" 2>/dev/null | sha256 >/tmp/computed
}

snapshot_status() {
    if command -v etcdutl >/dev/null; then
        etcdutl snapshot status "$file" -w json
    else
        etcdctl snapshot status "$file" -w json
    fi >/tmp/status 2>/tmp/words
}

if [ -L "$file" ] || [ ! -f "$file" ]; then
    echo missing
    exit 0
fi
size=$(stat -c %s "$file") || exit 3
echo "size $size"
await hash $((size / 512 * 512))
echo "computed $(cat /tmp/computed)"
[ $((size % 512)) -ne 32 ] || echo "written $(tail -c 32 "$file" | od -An -v -t x1 | tr -d ' \n')"
if await snapshot_status; then
    echo "status $(tr -d '\n' </tmp/status)"
else
    echo "unreadable $(tail -n 1 /tmp/words | cut -c 1-500)"
fi
echo end
