/* SPDX-License-Identifier: GPL-3.0-or-later
 * base/memory.h — that memory which was needed once goes back to the machine. Knows the allocator, nothing else. */
#pragma once

/* At the start of a process: what is large is mapped by itself. An answer of 20 MB then grows without being copied
 * and goes back whole, also when another has come before it; left to itself the allocator takes such from its heap
 * after the first. */
void memory_map_large(void);
/* After much has been freed, on a thread that nobody waits for. */
void memory_give_back(void);
