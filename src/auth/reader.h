/* SPDX-License-Identifier: GPL-3.0-or-later
 * auth/reader.h — listens to the reader watch: EVENT_CARD "present", "gone" or "swapped" (another
 * counter though a card is there: it was out in between). Silence from a dead watch is "gone". */
#pragma once
#include <glib.h>

typedef struct Reader Reader;
Reader *reader_new(int fd); /* takes over @fd */
void reader_free(Reader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reader, reader_free)
gboolean reader_present(const Reader *reader);
const char *reader_label(const Reader *reader); /* training: which card is in; else "" */
