/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/paper.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/patient.h"
#include "client/client.h"

struct Paper {
    char *patient, *name, *number, *title, *foot;
    Instant now;
    GPtrArray *marks, *missing, *contents; /* char* */
    GPtrArray *blocks; /* GVariant* (ys) */
    guint foreign;
};

Paper *paper_new(const FhirResource *patient, const char *title, const PaperMaker *by)
{
    Paper *p = g_new0(Paper, 1);
    g_autofree char *when = instant_to_minute(by->now);
    p->patient = g_strdup(fhir_id(patient));
    p->name = chart_patient_list_name(patient);
    p->number = chart_patient_number(patient);
    if (!p->number)
        p->number = g_strdup(_("no number"));
    p->title = g_strdup(title);
    p->now = by->now;
    p->foot = g_strdup_printf(_("Taken out %s by %s%s%s"), when, by->name ? by->name : "?", by->unit ? " · " : "",
                              by->unit ? by->unit : "");
    p->marks = g_ptr_array_new_with_free_func(g_free);
    p->missing = g_ptr_array_new_with_free_func(g_free);
    p->contents = g_ptr_array_new_with_free_func(g_free);
    p->blocks = g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref);
    if (by->training)
        paper_mark(p, _("EXERCISE – not for clinical use"));
    if (chart_patient_protected(patient))
        paper_mark(p, _("PROTECTED PERSONAL DATA"));
    return p;
}

void paper_free(Paper *p)
{
    if (!p)
        return;
    char *const owned[] = {p->patient, p->name, p->number, p->title, p->foot};
    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    g_ptr_array_unref(p->marks);
    g_ptr_array_unref(p->missing);
    g_ptr_array_unref(p->contents);
    g_ptr_array_unref(p->blocks);
    g_free(p);
}

Instant paper_now(const Paper *p)
{
    return p->now;
}

void paper_mark(Paper *p, const char *mark)
{
    if (!g_ptr_array_find_with_equal_func(p->marks, mark, g_str_equal, NULL))
        g_ptr_array_add(p->marks, g_strdup(mark));
}

void paper_add(Paper *p, enum print_kind kind, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1); /* all that a GVariant takes */
    g_ptr_array_add(p->blocks, g_variant_ref_sink(g_variant_new("(ys)", (guint8)kind, valid)));
}

void paper_addf(Paper *p, enum print_kind kind, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    paper_add(p, kind, text);
}

void paper_withheld(Paper *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_ptr_array_add(p->missing, g_strdup_vprintf(format, args));
    va_end(args);
}

gboolean paper_takes(Paper *p, const FhirResource *r)
{
    if (!client_is_about(r, p->patient)) {
        p->foreign++;
        return FALSE;
    }
    const char *version = fhir_version_id(r);
    g_ptr_array_add(p->contents, g_strdup_printf("%s/%s%s%s", fhir_type(r), fhir_id(r) ? fhir_id(r) : "?",
                                                 version ? "/_history/" : "", version ? version : ""));
    return TRUE;
}

static const char *const never[] = {N_("– what the core holds back for this assignment (blocked data): it does not say how much"),
                                    N_("– address and phone number")};

guint paper_missing(const Paper *p)
{
    return p->missing->len + (p->foreign > 0) + G_N_ELEMENTS(never);
}

const GPtrArray *paper_marks(const Paper *p)
{
    return p->marks;
}

const char *const *paper_contents(Paper *p)
{
    if (!p->contents->len || p->contents->pdata[p->contents->len - 1])
        g_ptr_array_add(p->contents, NULL);
    return (const char *const *)p->contents->pdata;
}

static void add_notices(const Paper *p, GVariantBuilder *out)
{
    g_variant_builder_add(out, "(ys)", PRINT_NOTICE, _("Not in this print:"));
    for (guint i = 0; i < p->missing->len; i++) {
        g_autofree char *line = g_strconcat("– ", p->missing->pdata[i], NULL);
        g_autofree char *valid = g_utf8_make_valid(line, -1);
        g_variant_builder_add(out, "(ys)", PRINT_FACT, valid);
    }
    if (p->foreign) {
        g_autofree char *line =
            g_strdup_printf(ngettext("– %u entry that the core gave and that is about another patient",
                                     "– %u entries that the core gave and that are about another patient", p->foreign), p->foreign);
        g_variant_builder_add(out, "(ys)", PRINT_NOTICE, line);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(never); i++)
        g_variant_builder_add(out, "(ys)", PRINT_FACT, _(never[i]));
    g_variant_builder_add(out, "(ys)", PRINT_GAP, "");
}

static GVariant *text_of(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    return g_variant_new_string(valid);
}

GVariant *paper_wire(const Paper *p)
{
    GVariantBuilder all, marks;
    g_variant_builder_init(&marks, G_VARIANT_TYPE("as"));
    for (guint i = 0; i < p->marks->len; i++)
        g_variant_builder_add_value(&marks, text_of(p->marks->pdata[i]));
    g_variant_builder_init(&all, G_VARIANT_TYPE("a(ys)"));
    add_notices(p, &all);
    for (guint i = 0; i < p->blocks->len; i++)
        g_variant_builder_add_value(&all, p->blocks->pdata[i]);
    return g_variant_ref_sink(g_variant_new("(@s@s@sas@sssa(ys))", text_of(p->name), text_of(p->number), text_of(p->title), &marks,
                                            text_of(p->foot), C_("of a document", "Page"), C_("page 1 of 3", "of"), &all));
}
