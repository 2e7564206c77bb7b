/* SPDX-License-Identifier: GPL-3.0-or-later
 * base/limits.h — every size limit in one place, so that no cap is silent or surprising. */
#pragma once

#define LIMIT_JSON_BYTES (64u << 20)    /* decoded body */
#define LIMIT_JSON_DEPTH 100
#define LIMIT_PAGE_ENTRIES 200
#define LIMIT_WORKER_BYTES (512u << 10) /* larger bodies are parsed off the UI thread */
#define LIMIT_NOTE_BYTES (4u << 20)
#define LIMIT_CMDLINE_BYTES 10240
