#!/bin/sh
# Tells how many KiB are free where folders are, or will be. Runs in the rke-tools image (busybox, or dash and GNU tools).
#
# Prints for each folder that is given: free KIB FOLDER
set -u

for folder in "$@"; do
    there=$folder
    while [ ! -d "$there" ]; do
        there=$(dirname "$there")
    done
    # / is the container's own.
    if [ "$there" != / ]; then
        echo "free $(df -Pk "$there" | tail -n 1 | awk '{ print $4 }') $folder"
    fi
done
