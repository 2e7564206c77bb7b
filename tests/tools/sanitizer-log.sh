#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sanitizer-log.sh PROGRAM [ARG…]: a meson wrapper. The sanitizers' reports of this test, and of every process
# that it starts, go to $ROND_SANITIZER_LOG.PROGRAM.PID: else nobody knows whose a report is, because
# Criterion's children end without telling and are all called the same.
log=$ROND_SANITIZER_LOG.$(basename "$1")
# Only where it is needed: what seals itself can read no file of suppressions when it ends.
case $1 in *with-keyring.sh) export LSAN_OPTIONS="suppressions=$(dirname "$0")/../lint/lsan.supp:print_suppressions=0" ;; esac
ASAN_OPTIONS=$ASAN_OPTIONS:log_path=$log UBSAN_OPTIONS=$UBSAN_OPTIONS:log_path=$log exec "$@"
