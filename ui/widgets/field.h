/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/widgets/field.h — one line to type in, with an error line under it. A secret field shows dots
 * and keeps what is typed in locked memory only. */
#pragma once
#include "base/secret.h"
#include "ui/widgets/widget.h"

typedef struct Field Field;
Field *field_new(const char *initial);
Field *field_new_secret(gsize max); /* PIN */
void field_free(Field *f);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Field, field_free)
const char *field_text(const Field *f); /* borrowed until the next input; "" for a secret field */
SecretBuf *field_take_secret(Field *f);  /* the field is empty afterwards */
gsize field_length(const Field *f);      /* graphemes */
gsize field_cursor(const Field *f);      /* byte offset */
void field_set(Field *f, const char *text);
void field_set_error(Field *f, const char *sentence); /* NULL = none; typing clears it */
WidgetResult field_input(Field *f, const char *utf8, gboolean paste);
/* On one row of @width cells from @col; the error goes on the row below if there is one. */
void field_paint(Field *f, Canvas *c, int row, int col, int width, gboolean focused);
