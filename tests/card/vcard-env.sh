#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a command with a pcscd and a virtual reader of its own, in its own network, mount and process
# namespaces: vpcd listens on every address, and nothing here may meet a real card or card service.
# usage: vcard-env.sh COMMAND [ARG...]      exit 77: not possible here (a failure where CI=true)
skip() {
    echo "vcard-env: $1" >&2
    [ "$CI" = true ] && exit 1
    exit 77
}
command -v pcscd >/dev/null || [ -x /usr/sbin/pcscd ] || skip "pcscd is not installed"
[ -e /usr/lib/pcsc/drivers/serial/libifdvpcd.so ] || skip "vsmartcard-vpcd is not installed"
[ "$(id -u)" = 0 ] && map= || map=--map-root-user
unshare $map -nmp --fork true 2>/dev/null || skip "namespaces are not permitted here"
exec unshare $map -nmp --fork --kill-child --mount-proc sh -c '
    ip link set lo up && mount -t tmpfs none /run && mkdir /run/pcscd || exit 99
    PATH=$PATH:/usr/sbin
    pcscd -f >/dev/null 2>&1 &
    PCSCD_PID=$!; export PCSCD_PID
    n=0
    while [ ! -S /run/pcscd/pcscd.comm ] && [ $n -lt 50 ]; do sleep 0.1; n=$((n + 1)); done
    "$@"' vcard "$@"
