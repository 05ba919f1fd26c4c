#!/bin/sh
# How all scripts prove a snapshot file. Not a script by itself: it is put into others where they include it. `fail` and `child` are theirs.

# The etcdctl of older rke-tools images speaks version 2 unless told otherwise.
export ETCDCTL_API=3

# The process that is waited for; empty when there is none.
child=

# Runs something that takes long. A shell that waits, unlike one that runs it, hears its signals.
await() {
    "$@" &
    child=$!
    wait "$child"
    code=$?
    child=
    return "$code"
}

# shellcheck disable=SC2317 # This and the next are run through await.
sha256() {
    if command -v openssl >/dev/null; then
        openssl dgst -sha256 -r
    else
        sha256sum
    fi | cut -c 1-64
}

# hash FILE BYTES: of its first bytes, into /tmp/computed. Bolt pages are multiples of 512 bytes, so the blocks below end where the trailer of
# 32 bytes begins.
# shellcheck disable=SC2317
hash() {
    {
        dd bs=1048576 count=$(($2 / 1048576))
        dd bs=512 count=$(($2 % 1048576 / 512))
    } <"$1" 2>/dev/null | sha256 >/tmp/computed
}

# The SHA-256 that etcd wrote at the end of a file.
trailer() {
    tail -c 32 "$1" | od -An -v -t x1 | tr -d ' \n'
}

# What etcd's own tool says of a file, into /tmp/status.
snapshot_status() {
    if command -v etcdutl >/dev/null; then
        etcdutl snapshot status "$1" -w json
    else
        etcdctl snapshot status "$1" -w json
    fi >/tmp/status
}

# prove FILE [HASH]: fails unless it is a whole snapshot, and that of the hash where one is given. Leaves `size` and `computed`.
prove() {
    size=$(stat -c %s "$1") || fail "SnapshotCorrupt the file is not there"
    [ $((size % 512)) -eq 32 ] || fail "SnapshotCorrupt a snapshot of $size bytes cannot be whole"
    await hash "$1" $((size - 32))
    computed=$(cat /tmp/computed)
    written=$(trailer "$1")
    [ "${#written}${#computed}" = 6464 ] || fail "ToolsUnsuitable it computed no SHA-256"
    [ "$computed" = "$written" ] || fail "SnapshotCorrupt its bytes hash to $computed but etcd wrote $written"
    [ "${2:-$computed}" = "$computed" ] || fail "SnapshotMismatch its bytes hash to $computed, those of the source to $2"
    await snapshot_status "$1" || fail "SnapshotCorrupt etcd's own tool cannot read it"
    grep -q '"revision":' /tmp/status || fail "ToolsUnsuitable etcdctl gives no status"
    grep -q '"totalKey":' /tmp/status || fail "ToolsUnsuitable etcdctl gives no status"
}
