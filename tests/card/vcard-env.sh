#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a command with a pcscd and a virtual reader of its own, in its own network, mount and process
# namespaces: vpcd listens on every address, and nothing here may meet a real card or card service.
# usage: vcard-env.sh COMMAND [ARG...]      exit 77: not possible here, which ./check tells in its summary. What is
# only not installed is a failure where CI=true.
skip() {
    echo "vcard-env: $1" >&2
    [ -z "$ROND_SKIPS" ] || echo "the emulated card ($(basename "$2")): $1" >>"$ROND_SKIPS"
    exit 77
}
lacks() {
    [ "$CI" != true ] || { echo "vcard-env: $1" >&2; exit 1; }
    skip "$1" "$2"
}
command -v pcscd >/dev/null || [ -x /usr/sbin/pcscd ] || lacks "pcscd is not installed" "$1"
[ -e /usr/lib/pcsc/drivers/serial/libifdvpcd.so ] || lacks "vsmartcard-vpcd is not installed" "$1"
[ "$(id -u)" = 0 ] && map= || map=--map-root-user
unshare $map -nmp --fork true 2>/dev/null || skip "namespaces are not permitted here" "$1"
exec unshare $map -nmp --fork --kill-child --mount-proc sh -c '
    ip link set lo up && mount -t tmpfs none /run && mkdir /run/pcscd || exit 99
    PATH=$PATH:/usr/sbin
    pcscd -f >/dev/null 2>&1 &
    PCSCD_PID=$!; export PCSCD_PID
    n=0
    while [ ! -S /run/pcscd/pcscd.comm ] && [ $n -lt 50 ]; do sleep 0.1; n=$((n + 1)); done
    "$@"' vcard "$@"
