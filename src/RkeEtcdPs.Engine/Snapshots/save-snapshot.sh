#!/bin/sh
# Saves an etcd snapshot into /backup, or takes in one that was put there, and verifies it before it gets its name.
# Runs in the rke-tools image (busybox ash, dash or bash), where /backup is the host's snapshot folder.
#
#   save-snapshot save NAME REPLACE          REPLACE is yes or no
#   save-snapshot look NAME REPLACE          says how many bytes are free and what lies there under the name, and ends
#   save-snapshot prove NAME REPLACE         verifies what lies there under the name
#   save-snapshot sweep NAME REPLACE         removes what broken transfers left, and ends
#   save-snapshot receive NAME REPLACE HASH  HASH is the SHA-256 that the content must have; empty when that is not known
#
# A name that ends in .zip is that of a snapshot as later RKE versions pack it.
#
# Standard output is for the caller, one fact a line; standard error is for people.
set -u
umask 077
#include snapshot-file.sh
#include zip-file.sh

verb=$1
name=$2
replace=$3
expected=${4:-}
folder=/backup
final=$folder/$name
part=$folder/.$name.etcdsnapshot.part
subject=$part
[ "$verb" != prove ] || subject=$final
ticker=

discard() {
    trap '' TERM INT HUP
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

# The container's name is the lock: nobody else is writing here, so these are remains of a client that was killed.
sweep() {
    for remains in "$folder"/.*.etcdsnapshot.part "$folder"/.*.etcdsnapshot.part.part; do
        if [ "$verb" != receive ] || [ "$remains" != "$part" ]; then
            rm -f "$remains"
        fi
    done
}

room() {
    free=$(($(df -Pk "$folder" | tail -n 1 | awk '{ print $4 }') * 1024))
}

save() {
    status=$(etcdctl endpoint status -w json 2>&1) || {
        printf '%s\n' "$status" >&2
        fail EtcdUnhealthy
    }
    total=$(printf '%s' "$status" | sed -n 's/.*"dbSize":\([0-9]*\).*/\1/p')
    [ -n "$total" ] || {
        echo "It does not tell how large its database is." >&2
        fail EtcdUnhealthy
    }
    echo "total $total"
    # What else lies on that disk, etcd's own data perhaps, must not be left without any room.
    room
    [ "$free" -gt $((total + total / 10)) ] || fail "NotEnoughDisk $total $free"

    # One thread is enough for the client, costs a third less than several, and leaves the other cores to etcd itself. Collecting its garbage less
    # often costs 30 MB and spares half of the rest.
    await env GOMAXPROCS=1 GOGC=400 etcdctl snapshot save "$part" >&2 || fail EtcdUnhealthy
}

look() {
    room
    echo "free $free"
    [ -e "$final" ] || return 0
    [ ! -d "$final" ] || {
        echo folder
        return 0
    }
    there=$(stat -c '%s %Y' "$final")
    case $name in
        *.zip)
            last=
            ! zip_look "$final" || last=$(zip_unpack | tail -c 32 | od -An -v -t x1 | tr -d ' \n')
            echo "there $there ${last:--} ${zip_state:--}"
            ;;
        *) echo "there $there $(trailer "$final" 2>/dev/null)" ;;
    esac
}

verify() {
    echo "phase verifying"
    database=$subject
    case $name in
        *.zip)
            database=$part.part
            zip_look "$subject" || fail "SnapshotCorrupt ${zip_fault:-its zip cannot be read}"
            await zip_unpack >"$database" || fail "SnapshotCorrupt its zip cannot be unpacked"
            [ "$(stat -c %s "$database")" = "$zip_size" ] || fail "SnapshotCorrupt its zip holds another size than its directory says"
            ;;
    esac
    prove "$database" "$expected"
    [ "$database" = "$subject" ] || rm -f "$database"
}

publish() {
    chmod 600 "$part"
    # What the engine unpacked is not on the disk yet.
    [ "$verb" = save ] || await sync "$part" 2>/dev/null || await sync
    # A file moved onto a folder would go into it.
    [ ! -d "$final" ] || fail "SnapshotExists it is a folder"
    if [ "$replace" = yes ]; then
        said=$(mv -f "$part" "$final" 2>&1) || fail "StoreFailed $said"
    else
        # A link, unlike a rename, never replaces what another has put there meanwhile.
        said=$(ln "$part" "$final" 2>&1) || {
            [ ! -e "$final" ] || fail "SnapshotExists it came there while this one was saved"
            fail "StoreFailed $said"
        }
        rm -f "$part"
    fi
    sync "$folder" 2>/dev/null || sync
}

if [ "$verb" = look ]; then
    look
    exit 0
fi

sweep
[ "$verb" != sweep ] || exit 0
tick &
ticker=$!
[ "$verb" != save ] || save
verify
[ "$verb" = prove ] || publish
kill "$ticker"
echo "saved $(stat -c '%s %Y' "$final") $computed"
echo "status $(cat /tmp/status)"
