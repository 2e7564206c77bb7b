/* SPDX-License-Identifier: GPL-3.0-or-later
 * The line of measurements cut into labelled fields. */
#include <glib/gi18n.h>
#include <string.h>

#include "ui/views/vitals-new.h"

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

static const VitalSet *set_of(View *v)
{
    return ((const VitalsNew *)v->state)->set;
}

static const char *const *said(View *v)
{
    return (const char *const *)set_of(v)->typed;
}

static guint count(View *v)
{
    const char *rest = line_of(v)->parts[VITAL_REST];
    return ROWS - !(rest && *rest);
}

static const char *id_of(guint part)
{
    return part < VITAL_KINDS ? vital_info((VitalField)part)->word : part == VITAL_TIME ? "tid" : "rest";
}

/* "", and ACVPU in words. */
static const char *const *levels(void)
{
    static const char *words[7] = {""};
    for (guint i = 0; vital_levels[i] != '\0'; i++)
        words[i + 1] = vital_level(vital_levels[i])->text;
    return words;
}

static void field_at(View *v, guint i, FormField *ret)
{
    const VitalSet *s = set_of(v);
    VitalField field = rows[i].field;
    const VitalIssue *issue = vital_set_issue(s, field);
    const char *part = line_of(v)->parts[field];
    *ret = (FormField){.id = id_of(field), .label = _(rows[i].label), .kind = rows[i].kind, .value = part ? part : ""};
    ret->error = issue ? issue->text : NULL;
    if (field == VITAL_OXYGEN)
        ret->help = s->value[field].assumed ? _("air (assumed)") : _("luft = air");
    if (field == VITAL_TIME)
        ret->help = _("7:10, igår 23:40; empty: now");
    if (rows[i].kind != FORM_CHOICE)
        return;
    const VitalLevel *level = s->value[field].given ? vital_level(s->value[field].level) : NULL;
    ret->choices = levels();
    ret->value = level ? level->text : "";
}

/* Of ACVPU its letter. */
static char *part_of(guint part, const char *value)
{
    return part == VITAL_CONSCIOUSNESS ? g_strndup(value, *value != '\0') : g_strdup(value);
}

const LineForm vitals_form = {
    .parts = VITAL_FIELDS, .count = count, .field = field_at, .id = id_of, .said = said, .part = part_of, .compose = vitals_line_compose};
