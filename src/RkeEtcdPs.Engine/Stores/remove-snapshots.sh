#!/bin/sh
# Removes files of /snapshots, each only if it still is what the caller saw. Runs in the rke-tools image (busybox, or dash and GNU tools).
#
#   remove-snapshots QUIET NAME SIZE SECONDS HASH [NAME SIZE SECONDS HASH]...
#
# QUIET is the seconds for which a file must not have been written to. HASH is what its last 32 bytes must be, or nothing. Prints a line for
# each, in their order: removed, missing, changed, busy, or refused and why.
set -u

quiet=$1
shift
cd /snapshots || exit 3
now=$(date +%s)

remove() {
    case $1 in
    '' | . | .. | */*)
        echo "refused it is not the name of a file"
        return
        ;;
    esac
    # ./ because a name may begin with a dash.
    file=./$1
    if [ ! -e "$file" ] && [ ! -L "$file" ]; then
        echo missing
        return
    fi
    if [ -d "$file" ] && [ ! -L "$file" ]; then
        echo "refused it is a folder"
        return
    fi
    if [ -L "$file" ] || [ ! -f "$file" ]; then
        echo "refused it is no regular file"
        return
    fi
    if [ "$(stat -c '%s %Y' "$file" 2>/dev/null)" != "$2 $3" ]; then
        echo changed
        return
    fi
    if [ "$quiet" -gt 0 ] && [ $((now - $3)) -lt "$quiet" ] && [ $((now - $3)) -gt -"$quiet" ]; then
        echo busy
        return
    fi
    if [ -n "$4" ] && [ "$(tail -c 32 "$file" | od -An -v -t x1 | tr -d ' \n')" != "$4" ]; then
        echo changed
        return
    fi
    if said=$(rm -- "$file" 2>&1); then
        echo removed
    else
        echo "refused $(printf '%s' "$said" | tr '\n' ' ')"
    fi
}

while [ $# -ge 4 ]; do
    remove "$1" "$2" "$3" "$4"
    shift 4
done
sync . 2>/dev/null || sync
echo end
