/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/visit-type.h"

#include <string.h>

#include "base/text.h"

static const VisitType types[] = {
    {"NB", "nb|nybesok|nytt besok", "nybesök", NULL},
    {"ÅB", "ab|aterbesok|uppfoljning", "återbesök", "FOLLOWUP"},
    {"TEL", "tel|telefon|telefontid|telefonkontakt", "telefontid", NULL},
    {"AKUT", "akut|akuttid|akutbesok|akut tid", "akut tid", "EMERGENCY"},
    {"PROV", "prov|provtagning|lab", "provtagning", NULL},
    {"DROP", "drop|dropin|drop in", "drop-in", "WALKIN"},
    {"VID", "vid|video|videobesok|distans", "videobesök", NULL},
    {"HEM", "hem|hembesok", "hembesök", NULL},
    {"HK", "hk|halsokontroll|kontroll|arskontroll", "kontroll", "CHECKUP"},
    {"ROND", "rond", "rond", NULL},
    {"RES", "res|reserv", "reserv", NULL},
};

static gboolean has_word(const char *words, const char *word)
{
    g_auto(GStrv) all = g_strsplit(words, "|", -1);
    return g_strv_contains((const char *const *)all, word);
}

const VisitType *visit_type_of_word(const char *folded)
{
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (has_word(types[i].words, folded))
            return &types[i];
    return NULL;
}

static const VisitType *of_concept(FhirNode root, const char *path)
{
    g_autofree char *code = fhir_concept_code(root, path, VISIT_TYPE_SYSTEM);
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (code && g_strcmp0(types[i].code, code) == 0)
            return &types[i];
    g_autofree char *text = fhir_concept_text(root, path);
    g_autofree char *folded = text ? text_fold(text) : NULL;
    return folded ? visit_type_of_word(g_strstrip(folded)) : NULL;
}

const VisitType *visit_type_of(const FhirResource *r)
{
    return of_concept(fhir_root(r), "appointmentType");
}

char *visit_type_letters(void)
{
    GString *out = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        g_string_append_printf(out, "%s%s", i ? " " : "", types[i].letters);
    return g_string_free(out, FALSE);
}

char *visit_type_texts(void)
{
    GString *out = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        g_string_append_printf(out, "%s%s", i ? ", " : "", types[i].text);
    return g_string_free(out, FALSE);
}
