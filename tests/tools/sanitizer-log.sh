#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sanitizer-log.sh PROGRAM [ARG…]: a meson wrapper. The sanitizers' reports of this test, and of every process
# that it starts, go to $ROND_SANITIZER_LOG.PROGRAM.PID: else nobody knows whose a report is, because
# Criterion's children end without telling and are all called the same.
supp=$(dirname "$0")/../lint/lsan.supp
log=$ROND_SANITIZER_LOG.$(basename "$1")
ASAN_OPTIONS=$ASAN_OPTIONS:log_path=$log UBSAN_OPTIONS=$UBSAN_OPTIONS:log_path=$log \
    LSAN_OPTIONS=suppressions=$supp:print_suppressions=0 exec "$@"
