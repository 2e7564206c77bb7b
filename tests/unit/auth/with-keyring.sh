#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a program with a session bus and an unlocked keyring of its own; without them where they are
# not installed.
command -v dbus-run-session >/dev/null && command -v gnome-keyring-daemon >/dev/null || exec "$@"
home=$(mktemp -d) || exit 1
trap 'rm -rf "$home"' EXIT
mkdir -m 700 "$home/run"
HOME=$home XDG_DATA_HOME=$home XDG_RUNTIME_DIR=$home/run ROND_TEST_KEYRING=1 \
    dbus-run-session -- sh -c '
        printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
        "$@"' sh "$@"
