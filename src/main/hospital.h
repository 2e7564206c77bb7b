/* SPDX-License-Identifier: GPL-3.0-or-later
 * main/hospital.h — the training hospital seen from outside rond-core: why it does not start, said to a
 * person, and how it is made anew. Knows rond-core by its exit codes (sysexits.h) only. */
#pragma once
#include "main/main.h"

/* Why rond-core ended with @exit_code and what to do, in the person's language. Owned. */
char *hospital_ended(const CommandLine *cl, int exit_code);
/* `rond reset`: the training hospital as it was. Returns main's exit code. */
int hospital_reset(const CommandLine *cl);
