#!/bin/sh
# Saves an etcd snapshot into /backup, or takes in one that was put there, and verifies it before it gets its name.
# Runs in the rke-tools image (busybox ash, dash or bash), where /backup is the host's snapshot folder.
#
#   save-snapshot save NAME REPLACE          REPLACE is yes or no
#   save-snapshot receive NAME REPLACE HASH  HASH is the SHA-256 that the content must have
#
# Standard output is for the caller, one fact a line; standard error is for people.
set -u
umask 077

verb=$1
name=$2
replace=$3
expected=${4:-}
folder=/backup
final=$folder/$name
part=$folder/.$name.etcdsnapshot.part
child=
ticker=

discard() {
    [ -z "$ticker" ] || kill "$ticker" 2>/dev/null
    if [ -n "$child" ]; then
        # Not a polite signal: one that hangs would keep its file open and us waiting.
        kill -9 "$child" 2>/dev/null
        wait "$child" 2>/dev/null
    fi
    rm -f "$part" "$part.part"
}

fail() {
    echo "failed $*"
    discard
    exit 3
}

trap 'discard; exit 143' TERM INT HUP

# The caller takes silence for a hang. etcdctl writes NAME.part first.
tick() {
    while sleep 1; do
        echo "bytes $(stat -c %s "$part.part" 2>/dev/null || stat -c %s "$part" 2>/dev/null || echo 0)"
    done
}

save() {
    # The container's name is the lock: no other save is writing here, so these are remains of a save that was killed.
    rm -f "$folder"/.*.etcdsnapshot.part "$folder"/.*.etcdsnapshot.part.part

    status=$(etcdctl endpoint status -w json 2>&1) || fail "EtcdUnhealthy $status"
    total=$(printf '%s' "$status" | sed -n 's/.*"dbSize":\([0-9]*\).*/\1/p')
    echo "total ${total:=0}"
    free=$(($(df -Pk "$folder" | tail -n 1 | awk '{ print $4 }') * 1024))
    [ "$free" -gt "$total" ] || fail "NotEnoughDisk $total $free"

    # One thread is enough for the client, costs a third less than several, and leaves the other cores to etcd itself.
    GOMAXPROCS=1 etcdctl snapshot save "$part" >&2 &
    child=$!
    wait "$child" || {
        child=
        [ "$(df -Pk "$folder" | tail -n 1 | awk '{ print $4 }')" -gt 64 ] || fail "NotEnoughDisk $total 0"
        fail EtcdUnhealthy
    }
    child=
}

sha256() {
    if command -v openssl >/dev/null; then
        openssl dgst -sha256 -r
    else
        sha256sum
    fi | cut -c 1-64
}

snapshot_status() {
    if command -v etcdutl >/dev/null; then
        etcdutl snapshot status "$part" -w json
    else
        etcdctl snapshot status "$part" -w json
    fi
}

verify() {
    echo "phase verifying"
    size=$(stat -c %s "$part") || fail "SnapshotCorrupt the file is not there"
    [ $((size % 512)) -eq 32 ] || fail "SnapshotCorrupt a snapshot of $size bytes cannot be whole"
    snapshot_status >/tmp/status &
    child=$!
    # Bolt pages are multiples of 512 bytes, so the blocks below end where the trailer begins.
    database=$((size - 32))
    computed=$({
        dd bs=1048576 count=$((database / 1048576))
        dd bs=512 count=$((database % 1048576 / 512))
    } <"$part" 2>/dev/null | sha256)
    written=$(tail -c 32 "$part" | od -An -v -t x1 | tr -d ' \n')
    [ "$computed" = "$written" ] || fail "SnapshotCorrupt its bytes hash to $computed but etcd wrote $written"
    [ "${expected:-$computed}" = "$computed" ] || fail "SnapshotMismatch its bytes hash to $computed, those of the source to $expected"
    wait "$child" || {
        child=
        fail "SnapshotCorrupt etcd's own tool cannot read it"
    }
    child=
}

publish() {
    chmod 600 "$part"
    # What the engine unpacked is not on the disk yet.
    [ "$verb" = save ] || sync "$part" 2>/dev/null || sync
    if [ "$replace" = yes ]; then
        mv -f "$part" "$final" || fail "NotEnoughDisk 0 0"
    else
        # A link, unlike a rename, never replaces what another has put there meanwhile.
        ln "$part" "$final" || fail SnapshotExists
        rm -f "$part"
    fi
    sync "$folder" 2>/dev/null || sync
}

tick &
ticker=$!
[ "$verb" = receive ] || save
verify
publish
kill "$ticker"
echo "saved $size $(stat -c %Y "$final") $computed"
echo "status $(cat /tmp/status)"
