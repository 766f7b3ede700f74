#!/bin/sh
# Bring bubblewrap, in which programs that a model wrote are run: the system's, else apt's as root.
# Without it the tests that run programs are skipped, and say so; only CI insists.
set -u
command -v bwrap >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing bubblewrap for the tests that run programs ..."
    apt-get update -qq >/dev/null 2>&1 && DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends bubblewrap >/dev/null 2>&1 && exit 0
fi
echo "No sandbox could be brought, so the tests that run programs are skipped. Install bubblewrap."
[ "${CI:-}" != true ]
