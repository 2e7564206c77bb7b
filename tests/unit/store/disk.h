/* SPDX-License-Identifier: GPL-3.0-or-later
 * A disk that can be watched, filled, made read-only, and cut off in the middle of any call: what SQLite writes and
 * what anybody syncs in one directory goes through here. At the cut an image of the directory is made, as a killed
 * process leaves it or as a power cut does; the process itself runs on and is nobody's concern any more. Knows
 * nothing of stores. The syncs themselves are left out: what counts is when they were asked for. */
#pragma once
#include <glib.h>

typedef enum {
    DISK_KILL,  /* what was written is there */
    DISK_POWER, /* what was synced is there, and of the rest whichever sectors came so far */
} DiskCut;

/* Watches @dir from now on; the @at-th call is cut and leaves its image in @image, a directory that exists. @fn is
 * called at that moment, on any thread, with the disk locked. */
typedef void (*DiskCutFn)(gpointer data);
void disk_watch(const char *dir, const char *image, DiskCut how, guint at, guint32 seed, DiskCutFn fn, gpointer data);
gboolean disk_was_cut(void);
void disk_cut_now(void); /* if it has not been yet */
void disk_leave(void);
/* Every write fails with this; 0: none does. What was written is synced as ever. */
void disk_refuse(int error);
/* Nothing is written meanwhile: for what must be told of the same moment. */
void disk_lock(void);
void disk_unlock(void);
