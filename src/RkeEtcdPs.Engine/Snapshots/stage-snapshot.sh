#!/bin/sh
# Makes a snapshot of /snapshots ready in /rehearsal, a volume of Docker's, for an etcd that is to start from it. Runs in the rke-tools image.
#
#   stage-snapshot NAME KIND   KIND is plain or zip
#
# Standard output is for the caller, one fact a line; standard error is for people.
set -u
umask 077
#include zip-file.sh

file=/snapshots/$1
child=

trap '[ -z "$child" ] || kill -9 "$child" 2>/dev/null; exit 143' TERM INT HUP

if [ -L "$file" ] || [ ! -f "$file" ]; then
    echo missing
    exit 0
fi

size=$(stat -c %s "$file") || exit 3
free=$(($(df -Pk /rehearsal | tail -n 1 | awk '{ print $4 }') * 1024))
# The copy that etcd starts from, what it writes by itself, and something to spare for whatever else is on that disk. A zip is unpacked first.
needed=$((size + size / 10 + 134217728))
[ "$2" = plain ] || needed=$((needed + size * 10))
if [ "$free" -lt "$needed" ]; then
    echo "failed NotEnoughDisk $needed $free"
    exit 0
fi

if [ "$2" = zip ]; then
    zip_look "$file" || {
        echo "failed Unpack ${zip_fault:-its zip cannot be read}"
        exit 0
    }
    zip_unpack >/rehearsal/snapshot &
    child=$!
    wait "$child" || {
        echo "failed Unpack its zip cannot be unpacked"
        exit 0
    }
fi
echo staged
