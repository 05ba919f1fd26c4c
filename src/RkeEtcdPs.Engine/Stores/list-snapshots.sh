#!/bin/sh
# Tells what lies in /snapshots, the host's snapshot folder, reading no more of a file than its ends.
# Runs in the rke-tools image (busybox, or dash and GNU tools). No process per file: a folder may hold ten thousand.
#
# Prints lines of a word and hexadecimal digits, for names may hold any byte but a slash:
#
#   stat   of each file MODE/SIZE/SECONDS/./NAME/ and a line end; MODE is hexadecimal
#   heads  of the regular files among them, what `head -v -c 20` prints
#   tails  the same of `tail -v -c 32`
#
# and at the end the word end. Not through xargs: that of busybox loses bytes of long lists.
set -u

cd /snapshots 2>/dev/null || {
    echo "failed it is not a folder"
    exit 3
}

# shellcheck disable=SC2016 # These are for the shells that find starts.
regular='
hex() { od -An -v -t x1 | tr -d " \n"; echo; }
printf "stat "
stat -c %f/%s/%Y/%n/ "$@" 2>/dev/null | hex
printf "heads "
head -v -c 20 "$@" 2>/dev/null | hex
printf "tails "
tail -v -c 32 "$@" 2>/dev/null | hex'

# Links and the like are named, and never opened: a pipe would be waited on for ever.
# shellcheck disable=SC2016
special='
printf "stat "
stat -c %f/%s/%Y/%n/ "$@" 2>/dev/null | od -An -v -t x1 | tr -d " \n"
echo'

pass() {
    find . -maxdepth 1 -type f -exec sh -c "$regular" sh {} + &&
        find . -maxdepth 1 ! -type f ! -type d -exec sh -c "$special" sh {} +
}

# It also fails when a file goes away while it is looked at.
for again in again again ""; do
    pass && {
        echo end
        exit 0
    }
    echo "$again"
done
echo "failed it cannot be read to its end"
exit 3
