/* SPDX-License-Identifier: GPL-3.0-or-later
 * Criterion's first process keeps 48 bytes of its own when it ends, and runs no test: leaks are looked for
 * in the processes that do. No suppression can say that: Criterion stands in the stack of every test. */
#include <stdlib.h>

int __lsan_is_turned_off(void);

int __lsan_is_turned_off(void)
{
    return getenv("BXFI_MAP") == NULL; /* boxfort gives it to those that run a test */
}
