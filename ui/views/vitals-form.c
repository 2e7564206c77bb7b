/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/vitals-form.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/vitals-line.h"
#include "ui/widgets/form.h"

/* As one measures: the parts of NEWS2, when, then what is measured less often. */
static const struct {
    VitalField field;
    const char *label; /* N_(); with the unit */
    FormKind kind;
} rows[] = {
    {VITAL_RESPIRATION, N_("Resp /min"), FORM_TEXT},
    {VITAL_SATURATION, N_("SpO2 %"), FORM_TEXT},
    {VITAL_OXYGEN, N_("Oxygen l"), FORM_TEXT},
    {VITAL_PRESSURE, N_("BP"), FORM_TEXT},
    {VITAL_PULSE, N_("Pulse"), FORM_TEXT},
    {VITAL_TEMPERATURE, N_("Temp °C"), FORM_TEXT},
    {VITAL_CONSCIOUSNESS, N_("ACVPU"), FORM_CHOICE},
    {VITAL_TIME, N_("Measured"), FORM_TEXT},
    {VITAL_WEIGHT, N_("Weight kg"), FORM_TEXT},
    {VITAL_HEIGHT, N_("Height cm"), FORM_TEXT},
    {VITAL_PAIN, N_("Pain 0–10"), FORM_TEXT},
    {VITAL_FLUID_IN, N_("In ml"), FORM_TEXT},
    {VITAL_FLUID_OUT, N_("Out ml"), FORM_TEXT},
    {VITAL_REST, N_("Not read"), FORM_TEXT},
};
#define ROWS G_N_ELEMENTS(rows)

struct VitalsForm {
    VitalSet *const *set;
    VitalsFormFn fn;
    gpointer fn_data;
    Form *form;
    char *parts[VITAL_FIELDS]; /* what was typed in each; the line is made of them */
    const char *levels[7];     /* "", the texts of ACVPU, NULL */
};

static guint form_count(gpointer model)
{
    const VitalsForm *f = model;
    gboolean rest = f->parts[VITAL_REST] != NULL && *f->parts[VITAL_REST] != '\0';
    return ROWS - !rest;
}

static const char *id_of(VitalField field)
{
    return field < VITAL_KINDS ? vital_info(field)->word : field == VITAL_TIME ? "tid" : "rest";
}

static void form_field(gpointer model, guint i, FormField *ret)
{
    VitalsForm *f = model;
    const VitalSet *s = *f->set;
    VitalField field = rows[i].field;
    const VitalIssue *issue = vital_set_issue(s, field);
    const char *part = f->parts[field];
    *ret = (FormField){.id = id_of(field), .label = _(rows[i].label), .kind = rows[i].kind, .value = part != NULL ? part : ""};
    ret->error = issue != NULL ? issue->text : NULL;
    if (field == VITAL_OXYGEN)
        ret->help = s->value[field].assumed ? _("air (assumed)") : _("luft = air");
    if (field == VITAL_TIME)
        ret->help = _("7:10, igår 23:40; empty: now");
    if (rows[i].kind != FORM_CHOICE)
        return;
    const VitalLevel *level = s->value[field].given ? vital_level(s->value[field].level) : NULL;
    ret->choices = f->levels;
    ret->value = level != NULL ? level->text : "";
}

static void tell(VitalsForm *f)
{
    g_autofree char *line = vitals_line_compose((const char *const *)f->parts);
    f->fn(line, f->fn_data);
}

static void form_set(gpointer model, const char *id, const char *value)
{
    VitalsForm *f = model;
    for (gsize i = 0; i < ROWS; i++) {
        VitalField field = rows[i].field;
        if (strcmp(id_of(field), id) != 0)
            continue;
        g_free(f->parts[field]);
        f->parts[field] = field == VITAL_CONSCIOUSNESS ? g_strndup(value, *value != '\0') : g_strdup(value);
    }
    tell(f);
}

static const FormModel model = {form_count, form_field, form_set};

void vitals_form_reread(VitalsForm *f)
{
    for (int i = 0; i < VITAL_FIELDS; i++) {
        g_free(f->parts[i]);
        f->parts[i] = g_strdup((*f->set)->typed[i]);
    }
    if (f->form != NULL)
        form_refresh(f->form);
}

VitalsForm *vitals_form_new(VitalSet *const *set, VitalsFormFn fn, gpointer fn_data)
{
    VitalsForm *f = g_new0(VitalsForm, 1);
    *f = (VitalsForm){.set = set, .fn = fn, .fn_data = fn_data, .levels = {""}};
    for (guint i = 0; vital_levels[i] != '\0'; i++)
        f->levels[i + 1] = vital_level(vital_levels[i])->text;
    vitals_form_reread(f);
    f->form = form_new(&model, f);
    return f;
}

void vitals_form_free(VitalsForm *f)
{
    if (f == NULL)
        return;
    form_free(f->form);
    for (int i = 0; i < VITAL_FIELDS; i++)
        g_free(f->parts[i]);
    g_free(f);
}

void vitals_form_focus(VitalsForm *f, VitalField field)
{
    form_set_focus(f->form, id_of(field));
}

gboolean vitals_form_typing(const VitalsForm *f)
{
    return form_typing(f->form);
}

gboolean vitals_form_input(VitalsForm *f, const char *utf8, gboolean paste)
{
    return form_input(f->form, utf8, paste) != WIDGET_IGNORED;
}

void vitals_form_paint(VitalsForm *f, Canvas *c)
{
    form_paint(f->form, c, TRUE);
}
