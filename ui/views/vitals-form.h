/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/vitals-form.h — the line of measurements cut into labelled fields. The line is the only truth:
 * each change writes it anew from all fields, so that nothing typed in one is lost in the other. */
#pragma once
#include "chart/vital.h"
#include "ui/canvas.h"

typedef struct VitalsForm VitalsForm;
typedef void (*VitalsFormFn)(const char *line, gpointer data); /* the line is another */
/* *@set is the owner's present set, read anew after each change; borrowed. */
VitalsForm *vitals_form_new(VitalSet *const *set, VitalsFormFn fn, gpointer fn_data);
void vitals_form_free(VitalsForm *f);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VitalsForm, vitals_form_free)
void vitals_form_reread(VitalsForm *f); /* the line was changed by somebody else */
void vitals_form_focus(VitalsForm *f, VitalField field);
gboolean vitals_form_typing(const VitalsForm *f);
gboolean vitals_form_input(VitalsForm *f, const char *utf8, gboolean paste);
void vitals_form_paint(VitalsForm *f, Canvas *c);
