/* SPDX-License-Identifier: GPL-3.0-or-later
 * tests/screen/prints.h — printing for screen tests: the pages are set with the real fonts in this
 * process, there is no printer, and a file is only said to have been saved. */
#pragma once
#include "app/app.h"

extern guint screen_prints_left; /* how often something was sent or saved */
extern gboolean screen_prints_slow; /* pages come only by the next */
void screen_prints_come(void);      /* those that are wanted still, at once */
void screen_prints(Services *services);
