/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/widgets/widget.h — what all widgets share. A widget owns its model, takes typed characters and
 * key tokens ("n", "<Down>", "<S-Tab>") through x_input(), says what came of it and never paints on
 * its own: x_paint() does, when the frame asks. Pasted text has @paste TRUE and is never a key. */
#pragma once
#include "ui/canvas.h"

typedef enum {
    WIDGET_IGNORED = 0,      /* not mine: give it to the next */
    WIDGET_HANDLED = 1 << 0, /* used; paint again */
    WIDGET_CHANGED = 1 << 1, /* and the value or selection is another */
    WIDGET_ACCEPT = 1 << 2,  /* the person is done here (Enter) */
    WIDGET_CANCEL = 1 << 3,  /* and wants out (Esc) */
} WidgetResult;

/* TRUE for a key token that is a name ("<Down>"), not typed text. */
static inline gboolean widget_is_named_key(const char *utf8, gboolean paste)
{
    return !paste && utf8[0] == '<' && utf8[1] != '\0';
}
