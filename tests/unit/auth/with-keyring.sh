#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a program with a session bus and an unlocked keyring of its own; without them where they are
# not installed, and with the word that it was refused where the machine lets no keyring lock its memory.
command -v dbus-run-session >/dev/null && command -v gnome-keyring-daemon >/dev/null || exec "$@"
home=$(mktemp -d) || exit 1
trap 'rm -rf "$home"' EXIT
mkdir -m 700 "$home/run"
HOME=$home XDG_DATA_HOME=$home XDG_RUNTIME_DIR=$home/run \
    dbus-run-session -- sh -c '
        ROND_TEST_KEYRING=refused
        printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1 && ROND_TEST_KEYRING=1
        export ROND_TEST_KEYRING
        "$@"' sh "$@"
