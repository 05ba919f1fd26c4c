#!/bin/sh
# The recurring snapshot service of a host. Runs in the rke-tools image (busybox ash, dash or bash), where /backup is the host's snapshot folder.
#
#   schedule-snapshots run CREATION RETENTION KEEP OFFSET COLON   saves for ever; times in seconds, COLON is what parts hours from minutes in names
#   schedule-snapshots look                                       says what there is, and ends
#
# What it must remember it keeps in /backup/.etcdsnapshot/schedule, lines of key=value, so that it goes on where it was after any end:
#
#   success, saved    when the last good save began, and the name of its file
#   creation, due     the period for which the next save was planned, and when it is due
#   failure, reason   when a save failed last, and why
#   failures, retry   how many have failed since the last good one, and when the next is tried
#
# What it needs only for the moment is in /tmp, which is memory: the host's disk may be full.
#
# All times are seconds since 1970. Standard output is for the caller, or the log.
set -u
umask 077
#include snapshot-file.sh

folder=/backup
own=$folder/.etcdsnapshot
memory=$own/schedule

# Names as RKE gives them. With these the order of names is that of time.
pattern='[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9][-:][0-5][0-9][-:][0-5][0-9]Z_etcd'

# A wait is cut into pieces of so many seconds: the clock may be set meanwhile.
longest_nap=30
first_pause=10
longest_pause=300
stall_limit=300
# Bytes per second.
slowest_disk=5000000

say() {
    echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $*"
}

digits() {
    case $1 in
        '' | *[!0-9]* | 0?* | ????????????*) echo "" ;;
        *) echo "$1" ;;
    esac
}

# What could not be written is only in here.
recall() {
    [ -z "$unwritten" ] || return 0
    success='' saved='' creation_then='' due='' due_then='' failure='' reason='' failures=0 retry=''
    [ -f "$memory" ] || return 0
    while IFS= read -r line; do
        value=${line#*=}
        case $line in
            success=*) success=$(digits "$value") ;;
            saved=*) saved=$value ;;
            creation=*) creation_then=$(digits "$value") ;;
            due=*) due=$(digits "$value") ;;
            failure=*) failure=$(digits "$value") ;;
            reason=*) reason=$value ;;
            failures=*) failures=$(digits "$value") ;;
        esac
    done <"$memory"
    failures=${failures:-0}
    due_then=$due
}

# Written whole under another name, then renamed: at any moment it is the old one or the new one. On a disk that is full a reserve makes room.
remember() {
    text="success=$success
saved=$saved
creation=$creation
due=$due
failure=$failure
reason=$reason
failures=$failures
retry=$retry"
    unwritten=
    write "$text" || {
        rm -f "$own/reserve"
        write "$text" || {
            unwritten=yes
            say "what is remembered cannot be written"
        }
    }
    creation_then=$creation
    due_then=$due
    [ -e "$own/reserve" ] || dd if=/dev/zero of="$own/reserve" bs=1024 count=16 2>/dev/null || rm -f "$own/reserve"
}

write() {
    { printf '%s\n' "$1" >"$memory.new"; } 2>/dev/null && [ -s "$memory.new" ] && mv -f "$memory.new" "$memory" && sync "$own" 2>/dev/null
    [ "$(cat "$memory" 2>/dev/null)" = "$1" ]
}

# Nothing but regular files with such names: DIGITS NAME, the oldest first.
listing() {
    find "$folder" -maxdepth 1 -type f \( -name "$pattern" -o -name "$pattern.zip" \) |
        awk '{ name = $0; sub(/.*\//, "", name); stamp = name; gsub(/[^0-9]/, "", stamp); print stamp, name }' | sort
}

# From a name, when it was taken.
taken() {
    day=${1%%T*}
    clock=${1#*T}
    date -u -d "$day $(printf '%s' "${clock%%Z*}" | tr - :)" +%s
}

# Runs a part of the work in a shell of its own, where `fail` ends no more than that.
apart() {
    (
        trap 'forget; exit 143' TERM INT HUP
        "$@"
    ) &
    child=$!
    wait "$child"
    code=$?
    child=
    return "$code"
}

forget() {
    trap '' TERM INT HUP
    [ -z "${watcher:-}" ] || kill "$watcher" 2>/dev/null
    if [ -n "$child" ]; then
        # Not a polite signal: one that hangs would keep its file open and us waiting.
        kill -9 "$child" 2>/dev/null
        wait "$child" 2>/dev/null
    fi
    sweep
}

fail() {
    printf '%s' "$*" | tr '\n\t' '  ' | cut -c 1-400 >/tmp/outcome
    forget
    exit 3
}

# Nobody but this service writes there.
sweep() {
    rm -f "$own"/*_etcd.part "$own"/*_etcd.part.part "$memory.new"
}

stop() {
    trap '' TERM INT HUP
    if [ -n "$child" ]; then
        kill "$child" 2>/dev/null
        wait "$child" 2>/dev/null
    fi
    exit 0
}

nap() {
    sleep "$1" &
    child=$!
    wait "$child"
    child=
}

# Those of its own that are not of the future, which do not tell when it saved last.
past() {
    listing | awk -v now="$(date -u +%Y%m%d%H%M%S)" '$1 + 0 <= now + 0'
}

# The newest of its own that is whole, when nothing is remembered.
find_success() {
    past | sort -r | awk '{ print $2 }' | grep -v '\.zip$' | head -n 10 >/tmp/newest
    while IFS= read -r name; do
        if apart prove "$folder/$name" 2>/dev/null; then
            success=$(taken "$name") && saved=$name && return 0
        fi
    done </tmp/newest
    success=
}

# When the newest of its own was taken, whole or not; empty when there is none.
newest() {
    name=$(past | tail -n 1 | awk '{ print $2 }')
    [ -z "$name" ] || taken "$name" 2>/dev/null
}

# Finds out when the next save is due, from what is on the disk alone.
plan() {
    recall
    known=$success
    # Whoever removed the last one wants another.
    [ -z "$success" ] || [ -f "$folder/$saved" ] || success=
    since=
    if [ -z "$success" ]; then
        since=$due
        due=
        find_success
        [ -n "$known" ] || known=${success:-$(newest)}
    fi
    now=$(date +%s)
    if [ -z "$success" ]; then
        due=$now
        [ -z "$since" ] || [ "$since" -gt "$now" ] || due=$since
        return 0
    fi
    [ -n "$due" ] && [ "$creation_then" = "$creation" ] || due=$((success + creation))
    # The clock was set back. A snapshot too many does no harm.
    if [ "$success" -gt "$now" ] || [ "$due" -gt $((now + creation)) ]; then
        due=$now
    fi
}

# Until a point in time comes, the last good snapshot or the folder is gone, or the clock is set back: it is never longer than so many seconds, its second argument.
wait_for() {
    while [ "$(place)" = "$place" ]; do
        [ -z "$success" ] || [ -f "$folder/$saved" ] || return 1
        left=$(($1 - $(date +%s)))
        [ "$left" -gt 0 ] || return 0
        [ "$left" -le "$2" ] || return 1
        [ "$left" -le "$longest_nap" ] || left=$longest_nap
        nap "$left"
    done
    return 1
}

# watch FILE PROCESS SECONDS: ends a save that makes no progress for so long.
watch() {
    last=
    idle=0
    while sleep 5; do
        bytes=$(stat -c %s "$1.part" 2>/dev/null || stat -c %s "$1" 2>/dev/null)
        idle=$((idle + 5))
        [ "$bytes" = "$last" ] || idle=0
        last=$bytes
        [ "$idle" -lt "$3" ] || kill -9 "$2" 2>/dev/null
    done
}

# The last that etcdctl said; an answer without anything in it is none.
words() {
    grep -v '^\[\]$' /tmp/said | grep . | tail -n 1
}

save() {
    mkdir -p "$own" 2>/tmp/said || fail "StoreFailed $(cat /tmp/said)"
    sweep
    await etcdctl endpoint status -w json >/tmp/said 2>&1 || fail "EtcdUnhealthy $(words)"
    # Without one it is cut off from the others, and what it has may be old.
    grep -q '"leader":[1-9]' /tmp/said || fail "EtcdUnhealthy it has no leader, so there is no quorum"
    total=$(sed -n 's/.*"dbSize":\([0-9]*\).*/\1/p' /tmp/said)
    [ -n "$total" ] || fail "EtcdUnhealthy it does not tell how large its database is"
    free=$(($(df -Pk "$folder" | tail -n 1 | awk '{ print $4 }') * 1024))
    # What else lies on that disk, etcd's own data perhaps, must not be left without any room.
    [ "$free" -gt $((total + total / 10)) ] || fail "NotEnoughDisk $total bytes are needed, with something to spare, and $free are free"

    name=$(date -u "+%Y-%m-%dT%H${colon}%M${colon}%SZ_etcd")
    part=$own/$name.part
    # For the processor and the memory of etcd's host: see save-snapshot.sh.
    env GOMAXPROCS=1 GOGC=400 etcdctl snapshot save "$part" >/tmp/said 2>&1 &
    child=$!
    # At its end it waits until all of it is on the disk, and the file does not grow.
    watch "$part" "$child" $((stall_limit + total / slowest_disk)) &
    watcher=$!
    wait "$child"
    code=$?
    child=
    kill "$watcher" 2>/dev/null
    wait "$watcher" 2>/dev/null
    watcher=
    if [ "$code" -ne 0 ]; then
        ! grep -qi 'no space left' /tmp/said || fail "NotEnoughDisk the disk became full"
        said=$(words)
        fail "EtcdUnhealthy ${said:-the save made no progress and was ended}"
    fi
    prove "$part" 2>/dev/null
    chmod 600 "$part"
    # A link, unlike a rename, never replaces what is there.
    said=$(ln "$part" "$folder/$name" 2>&1) || fail "StoreFailed $said"
    rm -f "$part"
    sync "$folder" 2>/dev/null || sync
    echo "$name" >/tmp/outcome
}

# Removes what is older than the retention: only its own names, and never so many that fewer than KEEP verified ones stay, the one just saved among them.
prune() {
    cutoff=$(date -u -d "@$(($(date +%s) - retention))" +%Y%m%d%H%M%S) || return 1
    # What is of the future, when the clock was wrong once, is no reason to let go of anything.
    listing | sort -r | awk -v cutoff="$cutoff" -v now="$(date -u +%Y%m%d%H%M%S)" '$1 + 0 <= now + 0 { print ($1 + 0 < cutoff + 0 ? "old" : "young"), $2 }' >/tmp/own
    grep -q '^old ' /tmp/own || return 0
    kept=1
    gone=0
    while read -r age name; do
        [ "$name" != "$saved" ] || continue
        if [ "$kept" -lt "$keep" ]; then
            case $name in
                *.zip) ;;
                *) ! apart prove "$folder/$name" 2>/dev/null || kept=$((kept + 1)) ;;
            esac
        elif [ "$age" = old ]; then
            rm -f "$folder/$name" && gone=$((gone + 1))
        fi
    done </tmp/own
    [ "$gone" -eq 0 ] || say "removed $gone that are older than $retention s"
}

succeed() {
    saved=$(cat /tmp/outcome)
    success=$began
    # On its beat, unless this one came late, or was put off so that hosts do not save together.
    if [ "$staggered" -eq 0 ] && [ "$due" -le "$began" ] && [ $((began - due)) -le $((creation / 10)) ]; then
        due=$((due + creation))
    else
        due=$((began + creation))
    fi
    failures=0
    retry=
    remember
    say "saved $saved"
    # After so long everything is too old at once, and it may be the clock that is wrong: time for somebody to see it.
    if [ -z "$spared" ] && [ -n "$known" ] && [ $((began - known)) -gt "$retention" ]; then
        spared=yes
        say "nothing is removed this time: the last good save was $((began - known)) s before, longer than the retention, or the clock was set"
        return 0
    fi
    spared=
    prune || say "old ones could not be looked at"
}

note_failure() {
    failure=$(date +%s)
    failures=$((failures + 1))
    reason=$(cat /tmp/outcome 2>/dev/null)
    reason=${reason:-it ended with code $1}
    pause=$first_pause
    times=1
    while [ "$times" -lt "$failures" ] && [ "$pause" -lt "$longest_pause" ]; do
        pause=$((pause * 2))
        times=$((times + 1))
    done
    [ "$pause" -le "$longest_pause" ] || pause=$longest_pause
    [ "$pause" -le "$creation" ] || pause=$creation
    # Members that failed together are not to come back together.
    retry=$((failure + pause + offset % (pause + 1)))
    remember
    say "failed $reason; next try in $((retry - failure)) s"
}

# Which folder of the host's file system is mounted here.
place() {
    awk -v folder="$folder" '$5 == folder { print $4 }' /proc/self/mountinfo
}

run() {
    trap stop TERM INT HUP
    mkdir -p "$own"
    sweep
    say "every $creation s, kept for $retention s and at least $keep"
    late=$offset
    spared=
    unwritten=
    place=$(place)
    while :; do
        # What was put in its place is seen only by a container that starts anew.
        [ "$(place)" = "$place" ] || {
            say "the snapshot folder was moved or removed; starting anew"
            exit 1
        }
        plan
        if [ "$due" != "$due_then" ] || [ "$creation" != "$creation_then" ]; then
            remember
        fi
        # Hosts that come back together must not save together.
        begin=$due
        staggered=0
        [ "$due" -gt "$now" ] || {
            begin=$((now + late))
            staggered=$late
        }
        wait_for "$begin" $((begin - now)) || continue
        late=0
        began=$(date +%s)
        rm -f /tmp/outcome
        if apart save; then
            succeed
        else
            note_failure $?
            wait_for "$retry" $((retry - failure)) || :
        fi
    done
}

# Recurring ones of Rancher, which saves from outside, with its two ways of keeping them: COUNT BYTES and the name of the newest.
rancher() {
    find "$folder" -maxdepth 1 -type f -size +0 -name 'c-?????-r[ls]-?????_[0-9]*' -exec stat -c '%s %n' {} + 2>/dev/null |
        awk -v now="$(date -u +%Y-%m-%dT%H:%M:%SZ)" '{ size = $1; name = $0; sub(/^[0-9]+ /, "", name); sub(/.*\//, "", name); stamp = name; sub(/.*_/, "", stamp)
               count++; bytes += size; if (stamp <= now && stamp > newest) { newest = stamp; last = name } }
             END { if (count) printf "rancher %d %.0f %s\n", count, bytes, last }'
}

look() {
    echo "now $(date +%s)"
    echo "folder $(stat -c %d:%i "$folder")"
    [ ! -f "$memory" ] || head -c 4096 "$memory" | sed 's/^/memory /'
    # Nothing can be saved then, nor that this fails be remembered.
    [ ! -e "$own" ] || [ -d "$own" ] || printf 'memory %s\n' "failure=$(stat -c %Y "$own")" failures=1 "reason=StoreFailed $own is no folder: remove it"
    # Of the future is what a wrong clock has left, and an empty one is none.
    listing | awk -v now="$(date -u +%Y%m%d%H%M%S)" '$1 + 0 <= now + 0' | while read -r stamp name; do
        [ ! -s "$folder/$name" ] || echo "newest $stamp $name"
    done | tail -n 1
    find "$folder" -maxdepth 1 -type f \( -name "$pattern" -o -name "$pattern.zip" \) -exec stat -c %s {} + 2>/dev/null |
        awk '{ count++; bytes += $1 } END { printf "files %d %.0f\n", count, bytes }'
    rancher
    echo end
}

case $1 in
    run)
        creation=$2
        retention=$3
        keep=$4
        offset=$5
        colon=$6
        run
        ;;
    look) look ;;
esac
