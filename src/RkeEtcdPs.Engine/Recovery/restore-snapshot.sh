#!/bin/sh
# The steps of a restore that touch files, each of which may be run again after it was cut off anywhere.
# Runs in the rke-tools image (busybox ash, dash or bash); /data is etcd's data folder, /backup the snapshot folder.
#
#   hold SECONDS              keeps the container, which is the lock, until nobody has called for so long
#   beat                      a call
#   look                      what is there: room, data, operations
#   state NAME                what RKE's zip of a snapshot has beside the database
#   list                      the names of snapshots, with their sizes
#   verify NAME               hashes a snapshot, unpacked if it is a zip, and has etcd's tool read it
#   begin OPERATION LINE...   makes the folder of an operation, and its record
#   mark OPERATION LINE...    replaces lines of the record
#   certify OPERATION LIST    looks whether the new certificates lie beside the old ones as they should: NAME:SHA256,...
#   settle OPERATION [FILE HASH]  what was staged is given etcd's owner, put on the disk and read; the snapshot it was made from still has its hash
#   switch OPERATION          the old data goes aside, what was staged in its place; certificates as well
#   back OPERATION OLD        the reverse for the data; OLD says whether there was any: member, none, or discard to remove what was staged
#   uncertify OPERATION LIST  the reverse for certificates, but for those that somebody has changed since
#   unstage OPERATION         removes what was staged, and the folder if nothing else is in it
#   drop OPERATION            removes the folder with the kept data
#
# New certificates wait in /certificates/.etcdsnapshot-OPERATION; those that they replace are kept beside them as NAME.OPERATION.
# All else that belongs to an operation lies in /data/.etcdsnapshot/OPERATION: record, staged/member, kept/member, undone/member.
# Standard output is for the caller, one fact a line.
set -u
umask 077
#include snapshot-file.sh
#include zip-file.sh

verb=$1
operation=${2:-}
data=/data
base=$data/.etcdsnapshot
folder=$base/$operation
certificates=/certificates
issued=$certificates/.etcdsnapshot-$operation

fail() {
    echo "failed $*"
    exit 3
}

must() {
    said=$("$@" 2>&1) || fail "StoreFailed $said"
}

# To the disk; where sync takes no names, everything.
flush() {
    for path; do
        sync "$path" 2>/dev/null || {
            sync
            return
        }
    done
}

hold() {
    trap 'exit 0' TERM INT HUP
    idle=0
    while [ "$idle" -lt "$1" ]; do
        sleep 1 &
        wait $!
        idle=$((idle + 1))
        if [ -e /tmp/beat ]; then
            rm -f /tmp/beat
            idle=0
        fi
    done
}

bytes() {
    echo $(($(du -sk "$1" 2>/dev/null | cut -f 1) * 1024))
}

look() {
    echo "now $(date +%s)"
    echo "free $(($(df -Pk "$data" | tail -n 1 | awk '{ print $4 }') * 1024))"
    echo "room $(($(df -Pk /backup | tail -n 1 | awk '{ print $4 }') * 1024))"
    [ ! -e "$data/member" ] || echo "member $(bytes "$data/member")"
    for found in "$base"/*; do
        [ -d "$found" ] || continue
        echo "operation ${found##*/}"
        for part in staged kept undone; do
            [ ! -e "$found/$part/member" ] || echo "has $part $(bytes "$found/$part")"
        done
        [ ! -e "$found/record" ] || if whole "$found/record"; then sed 's/^/record /' "$found/record"; else echo damaged; fi
    done
}

list() {
    for found in /backup/*; do
        [ ! -f "$found" ] || echo "snapshot $(stat -c %s "$found") ${found##*/}"
    done
}

# The zip that later RKE versions make is unpacked into a volume of this container, which goes with it.
unpack() {
    [ -f "$1" ] || fail "SnapshotNotFound $2"
    zip_look "$1" || fail "SnapshotCorrupt ${zip_fault:-its zip cannot be read}"
    needed=$zip_size
    free=$(($(df -Pk /unpacked | tail -n 1 | awk '{ print $4 }') * 1024))
    [ "$free" -gt $((needed + needed / 10)) ] || fail "NotEnoughDisk the volumes of its engine have $free bytes free, and unpacking the snapshot needs $needed"
    zip_unpack >/unpacked/.part || fail "SnapshotCorrupt its zip cannot be unpacked"
    must mv -f /unpacked/.part "/unpacked/$2"
    found=$1
    file=/unpacked/$2
}

verify() {
    file=/backup/$1
    found=$file
    [ -e "$file" ] || unpack "$file.zip" "$1"
    [ -f "$file" ] || fail "SnapshotNotFound $1"
    prove "$file"
    echo "snapshot $size $(stat -c %Y "$found") $computed $(stat -c %s "$found")"
    echo "at $file"
    echo "status $(cat /tmp/status)"
}

# Whether a record is as it was written: its last line is the sum of those before it.
whole() {
    [ "$(tail -n 1 "$1")" = "sum=$(sed '$d' "$1" | cksum | cut -d ' ' -f 1)" ] && [ -z "$(tail -c 1 "$1")" ]
}

# Written whole under another name, then renamed: at any moment the record is the old one or the new one. On a disk that is full a reserve makes room.
record() {
    lines=
    if [ -e "$folder/record" ]; then
        whole "$folder/record" || fail "RestoreNotSafe the record of this restore is damaged"
        while IFS= read -r line; do
            for new in "$@" sum=; do
                [ "${line%%=*}" != "${new%%=*}" ] || continue 2
            done
            lines="$lines$line
"
        done <"$folder/record"
    fi
    for new; do
        lines="$lines$new
"
    done
    lines="${lines}sum=$(printf '%s' "$lines" | cksum | cut -d ' ' -f 1)
"
    write || {
        rm -f "$folder/reserve"
        write || fail "${said:+StoreFailed }${said:-NotEnoughDisk no room for the record}"
    }
    flush "$folder/record.new"
    must mv -f "$folder/record.new" "$folder/record"
    [ -e "$folder/reserve" ] || dd if=/dev/zero of="$folder/reserve" bs=1024 count=64 2>/dev/null || rm -f "$folder/reserve"
    flush "$folder"
}

write() {
    said=$({ printf '%s' "$lines" >"$folder/record.new"; } 2>&1)
    [ "$(cat "$folder/record.new" 2>/dev/null)" = "$(printf '%s' "$lines")" ]
}

begin() {
    if [ ! -e "$data/member" ]; then
        # A folder that was made for this: etcd wants it to be its own.
        for line; do
            case $line in
                owner=*) must chown "${line#owner=}" "$data" ;;
            esac
        done
        must chmod 700 "$data"
    fi
    must mkdir -p "$folder"
    record "$@"
    flush "$base" "$data"
}

state() {
    [ ! -f "/backup/$1.zip" ] || unzip -p "/backup/$1.zip" '*.rkestate' 2>/dev/null
}

# each WORK LIST: checks, or takes out, each file of a list.
each() {
    rest=$2
    while [ -n "$rest" ]; do
        item=${rest%%,*}
        rest=${rest#"$item"}
        rest=${rest#,}
        # The name of a file may have colons: of an address of IPv6.
        name=${item%:*}
        case $name in
            '' | .* | */*) fail "StoreFailed that is no name of a certificate" ;;
        esac
        if [ "$1" = check ]; then check_issued "$name" "${item##*:}"; else take_out "$name" "${item##*:}"; fi
    done
}

is() {
    [ -f "$1" ] && [ "$(sha256 <"$1")" = "$2" ]
}

check_issued() {
    is "$issued/$1" "$2" || fail "StoreFailed the certificate $1 did not arrive whole"
    flush "$issued/$1"
}

certify() {
    each check "$1"
    flush "$issued" "$certificates"
}

# At no moment is there none of a name: the old one gets a second name before the new one takes the first.
place() {
    [ -d "$issued" ] || return 0
    for found in "$issued"/*; do
        [ -f "$found" ] || continue
        name=${found##*/}
        if [ -e "$certificates/$name" ] && [ ! -e "$certificates/$name.$operation" ]; then
            must ln "$certificates/$name" "$certificates/$name.$operation"
        fi
        must mv -f "$found" "$certificates/$name"
    done
    rmdir "$issued" 2>/dev/null
    flush "$certificates"
}

take_out() {
    is "$certificates/$1" "$2" || return 0
    if [ -e "$certificates/$1.$operation" ]; then
        must mv -f "$certificates/$1.$operation" "$certificates/$1"
    else
        must rm -f "$certificates/$1"
    fi
}

uncertify() {
    each "take out" "$1"
    must rm -rf "$issued"
    flush "$certificates"
}

settle() {
    [ -f "$folder/staged/member/snap/db" ] || fail "StoreFailed nothing was staged"
    # Proved before, and etcd's tool has read it since without a look at its hash.
    if [ $# -gt 0 ]; then
        await hash "$1" $(($(stat -c %s "$1") - 32))
        [ "$(cat /tmp/computed)" = "$2" ] || fail "SnapshotMismatch it changed while it was restored"
    fi
    # etcd may run as a user of its own, to whom its folder belongs.
    must chown -R "$(stat -c %u:%g "$data")" "$folder/staged/member"
    must chmod 700 "$folder/staged/member"
    snapshot_status "$folder/staged/member/snap/db" || fail "SnapshotCorrupt what was staged cannot be read"
    find "$folder/staged" >/tmp/staged
    while IFS= read -r path; do
        sync "$path" 2>/dev/null || {
            sync
            break
        }
    done </tmp/staged
    echo "staged $(bytes "$folder/staged")"
    echo "status $(cat /tmp/status)"
}

switch() {
    [ -f "$folder/record" ] || fail "RestoreNotSafe there is no record of this restore"
    # Before the data: once that is in its place, all of this counts as done.
    place
    if [ -e "$folder/staged/member" ]; then
        if [ -e "$data/member" ]; then
            [ ! -e "$folder/kept/member" ] || fail "RestoreNotSafe old data was kept already and other data is in its place"
            must mkdir -p "$folder/kept"
            must mv "$data/member" "$folder/kept/member"
        fi
        must mv "$folder/staged/member" "$data/member"
        flush "$folder/kept" "$folder/staged" "$data" 2>/dev/null
    fi
    [ -d "$data/member" ] || fail "RestoreNotSafe there is no data, and none is staged"
}

back() {
    if [ -e "$folder/kept/member" ]; then
        aside
        must mv "$folder/kept/member" "$data/member"
    elif [ "$2" = discard ]; then
        if [ ! -e "$folder/staged/member" ] && [ -e "$data/member" ]; then
            must rm -rf "$folder/discarded"
            must mv "$data/member" "$folder/discarded"
        fi
        must rm -rf "$folder/discarded"
    elif [ "$2" = none ] && [ ! -e "$folder/staged/member" ] && [ ! -e "$folder/undone/member" ]; then
        aside
    elif [ "$2" != none ] && [ ! -e "$folder/staged/member" ] && [ ! -e "$folder/undone/member" ]; then
        # What is in its place is neither the old data that never went nor the old data that came back.
        fail "RestoreNotSafe the old data is not kept any more"
    fi
    flush "$folder" "$data"
    [ "$2" != member ] || [ -d "$data/member" ] || fail "RestoreNotSafe the old data is not there any more"
}

aside() {
    [ -e "$data/member" ] || return 0
    # On a disk that is full the folder in which nothing is staged any more will do.
    mkdir -p "$folder/undone" 2>/dev/null || [ -e "$folder/staged/member" ] || mv "$folder/staged" "$folder/undone" 2>/dev/null || must mkdir -p "$folder/undone"
    place=$folder/undone/member
    [ ! -e "$place" ] || place=$folder/undone/member.$(date +%s)
    must mv "$data/member" "$place"
}

unstage() {
    [ ! -d "$issued" ] || must rm -rf "$issued"
    # Empty when what was to be moved there was not: that is nothing to be kept.
    rmdir "$folder/kept" "$folder/undone" 2>/dev/null
    if [ ! -e "$folder/kept" ] && [ ! -e "$folder/undone" ]; then
        # The record goes first: without one, what is left is known to be of no use to anybody.
        must rm -f "$folder/record"
        flush "$folder"
        must rm -rf "$folder"
    fi
    must rm -rf "$folder/staged"
    rmdir "$base" 2>/dev/null
    flush "$data"
}

drop() {
    # Renamed first: what was removed half way must not be taken for data that can be put back.
    for part in kept undone; do
        [ ! -e "$folder/$part" ] || must mv "$folder/$part" "$folder/dropped-$part"
    done
    flush "$folder"
    for found in "$certificates"/*."$operation"; do
        [ ! -e "$found" ] || must rm -f "$found"
    done
    # The record goes last: what was cut off half way is found again.
    must rm -rf "$folder/staged" "$folder/dropped-kept" "$folder/dropped-undone"
    must rm -rf "$folder"
    rmdir "$base" 2>/dev/null
    flush "$data"
}

case $verb in
    hold | beat | look | list | state | verify) ;;
    *)
        # It becomes part of paths that are moved and removed.
        case $operation in
            '' | .* | */*) fail "StoreFailed that is no name of an operation" ;;
        esac
        ;;
esac

case $verb in
    hold) hold "$2" ;;
    beat) : >/tmp/beat ;;
    look) look ;;
    list) list ;;
    state) state "$2" ;;
    verify) verify "$2" ;;
    begin | mark)
        shift 2
        [ "$verb" = begin ] || [ -d "$folder" ] || fail "RestoreNotSafe there is no such restore"
        if [ "$verb" = begin ]; then begin "$@"; else record "$@"; fi
        ;;
    certify) certify "$3" ;;
    uncertify) uncertify "$3" ;;
    settle) shift 2 && settle "$@" ;;
    switch) switch ;;
    back) back "$operation" "$3" ;;
    unstage) unstage ;;
    drop) drop ;;
    *) fail "StoreFailed there is no step $verb" ;;
esac
exit 0
