/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/widgets/picker.h — type and choose: a field with a list under it that narrows as one types
 * (any part of the words, åäö typed or not, one typing error). For palettes, lookups and lists of
 * drugs; the owner may also answer a query itself (asynchronously) by setting other items. */
#pragma once
#include "ui/widgets/widget.h"

typedef struct {
    char *id, *text, *detail; /* detail in a second column, may be NULL */
    char *words;              /* searched beside text and detail, may be NULL */
} PickerItem;
PickerItem *picker_item_new(const char *id, const char *text, const char *detail, const char *words);
void picker_item_free(PickerItem *i);

typedef struct Picker Picker;
Picker *picker_new(const char *prompt);
void picker_free(Picker *p);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Picker, picker_free)
/* Takes the items (PickerItem, with free function). @filter FALSE: the owner has filtered. */
void picker_set_items(Picker *p, GPtrArray *items, gboolean filter);
const char *picker_query(const Picker *p);
guint picker_matches(const Picker *p);
const PickerItem *picker_selected(const Picker *p); /* NULL when nothing matches */
WidgetResult picker_input(Picker *p, const char *utf8, gboolean paste);
void picker_paint(Picker *p, Canvas *c, gboolean focused);
