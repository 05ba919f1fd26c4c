#!/bin/sh
# Keeps a container in which others read, until it is stopped. Runs in the rke-tools image (busybox, or dash).
#
#   hold-open SECONDS
set -u

# The first process of a container hears only the signals that it asks for, and a shell only while it waits.
trap 'exit 0' TERM INT HUP
sleep "$1" &
wait $!
