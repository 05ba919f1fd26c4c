#!/bin/sh
# Reads a snapshot in /snapshots to its end, and tells what it is. Changes nothing. Runs in the rke-tools image (busybox, or dash and GNU tools).
#
#   check-snapshot NAME
#
# Standard output is for the caller, one fact a line; standard error is for people.
set -u
#include snapshot-file.sh
file=/snapshots/$1

trap '[ -z "$child" ] || kill -9 "$child" 2>/dev/null; exit 143' TERM INT HUP

if [ -L "$file" ] || [ ! -f "$file" ]; then
    echo missing
    exit 0
fi
size=$(stat -c %s "$file") || exit 3
echo "size $size"
await hash "$file" $((size / 512 * 512))
echo "computed $(cat /tmp/computed)"
[ $((size % 512)) -ne 32 ] || echo "written $(trailer "$file")"
if await snapshot_status "$file" 2>/tmp/words; then
    echo "status $(tr -d '\n' </tmp/status)"
else
    echo "unreadable $(tail -n 1 /tmp/words | cut -c 1-500)"
fi
echo end
