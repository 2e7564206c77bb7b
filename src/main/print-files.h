/* SPDX-License-Identifier: GPL-3.0-or-later
 * main/print-files.h — prints saved as PDF: where they lie, and that they do not outlive a session on an
 * account that several people share. A file is held by a lock of the session that made it, so that
 * another one removes only what nobody holds any more. Names say when, never whom. */
#pragma once
#include "app/option.h"
#include "base/scope.h"

typedef struct PrintFiles PrintFiles;
/* Removes what a session that died has left behind, where prints leave. */
PrintFiles *print_files_new(const Options *options);
/* Where they leave, those of this session are removed. */
void print_files_free(PrintFiles *f);
gboolean print_files_leave(const PrintFiles *f);
/* Copies the PDF; @path is borrowed. What a worker has begun is kept also when nobody waits for it any more,
 * but a process that ends ends it: a lock never waits for a folder on another machine. */
typedef void (*PrintFilesFn)(const char *path, const GError *error, gpointer data);
void print_files_save(PrintFiles *f, int pdf, Scope *scope, PrintFilesFn fn, gpointer data);
