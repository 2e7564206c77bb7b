/* SPDX-License-Identifier: GPL-3.0-or-later
 * What can hurt the patient, in words, and in which order it stands: a line has room for two or three. */
#include <glib/gi18n.h>
#include <string.h>

#include "chart/header.h"

/* The first stands first. What is mild or only suspected never stands before what can kill or what must
 * not be done. Severity, certainty and groups A-E: Socialstyrelsen's uppmärksamhetsinformation as HL7
 * Sweden codes it (medicalalertinformation); the words in lower case: FHIR's flag-category. That it is
 * this order is rond's own. */
typedef enum {
    RANK_LIFE, RANK_LIMIT, RANK_CARE, RANK_LIFE_SUSPECTED, RANK_CONTAGION, RANK_CONDITION, RANK_OTHER,
    RANK_SIGNALLED, RANK_ALLERGY, RANK_ALLERGY_SUSPECTED, RANKS
} Rank;

static const struct {
    const char *mark, *codes; /* a Flag's categories, parted by spaces: a group, a group with its number, a word */
} rank_table[RANKS] = {
    [RANK_LIFE] = {"[!Ö]", ""},              /* criticality high: livshotande, bekräftad */
    [RANK_LIMIT] = {"[!V]", "D2 advance-directive"}, /* beslut: ej HLR, brytpunkt, restriktion */
    [RANK_CARE] = {"[!V]", "D"},             /* D1: accepterar ej blodtransfusion, hotbild */
    [RANK_LIFE_SUSPECTED] = {"[!Ö]", ""},    /* livshotande, misstänkt */
    [RANK_CONTAGION] = {"[!S]", "B"},        /* smittämne, smittsam sjukdom */
    [RANK_CONDITION] = {"[!T]", "A"},        /* tillstånd, behandling, transplantat, implantat */
    [RANK_OTHER] = {"[!]", ""},              /* E, free text, and what has no group known here */
    [RANK_SIGNALLED] = {"[!Ö]", "C"},        /* a Flag of a hypersensitivity: its severity is not told */
    [RANK_ALLERGY] = {"[!Ö]", ""},           /* skadlig, besvärande, or not told */
    [RANK_ALLERGY_SUSPECTED] = {"[!Ö]", ""}, /* the same, misstänkt */
};

/* "No known hypersensitivity" is a finding, not a hypersensitivity (SNOMED CT, as HL7's IPS lists them): at all, to
 * medicines, of the surroundings, to food, to insects. */
gboolean chart_allergy_is_absence(const FhirResource *a)
{
    static const char *const codes[] = {"716186003", "409137002", "428607008", "429625007", "428197003"};
    FhirNode codings = fhir_at(fhir_root(a), "code.coding");
    for (FhirNode c = fhir_first(codings); fhir_exists(c); c = fhir_next(c))
        for (gsize i = 0; i < G_N_ELEMENTS(codes); i++)
            if (fhir_is(c, "code", codes[i]))
                return TRUE;
    return FALSE;
}

static gboolean is_suspected(const FhirResource *a)
{
    g_autofree char *verification = fhir_concept_code(fhir_root(a), "verificationStatus", NULL);
    return g_strcmp0(verification, "unconfirmed") == 0;
}

char *chart_allergy_words(const FhirResource *a, int *ret_danger)
{
    FhirNode r = fhir_root(a);
    g_autofree char *verification = fhir_concept_code(r, "verificationStatus", NULL);
    g_autofree char *clinical = fhir_concept_code(r, "clinicalStatus", NULL);
    g_autofree char *what = fhir_concept_text(r, "code");
    *ret_danger = 0;
    if (g_strcmp0(verification, "entered-in-error") == 0 || g_strcmp0(verification, "refuted") == 0 ||
        (clinical && strcmp(clinical, "active") != 0) || chart_allergy_is_absence(a))
        return NULL;
    gboolean high = fhir_is(r, "criticality", "high");
    *ret_danger = high ? 2 : 1;
    const char *doubt = fhir_has_modifier(a) ? _(" (CANNOT BE SHOWN SAFELY)") : is_suspected(a) ? _(" (suspected)") : "";
    return g_strdup_printf("[!Ö] %s%s%s", what ? what : _("unnamed"), high ? _(" LIFE-THREATENING") : "", doubt);
}

/* What is modified is not known to be only suspected. */
static Rank allergy_rank(const FhirResource *a, int danger)
{
    if (is_suspected(a) && !fhir_has_modifier(a))
        return danger == 2 ? RANK_LIFE_SUSPECTED : RANK_ALLERGY_SUSPECTED;
    return danger == 2 ? RANK_LIFE : RANK_ALLERGY;
}

static Rank flag_rank(const FhirResource *f)
{
    g_autofree char *is = fhir_concept_code(fhir_first(fhir_at(fhir_root(f), "category")), "", NULL);
    for (int rank = 0; is && rank < RANKS; rank++) {
        g_auto(GStrv) codes = g_strsplit(rank_table[rank].codes, " ", -1);
        for (char **c = codes; *c; c++) {
            gboolean group = strlen(*c) == 1 && g_ascii_toupper(is[0]) == **c && !g_ascii_isalpha(is[1]);
            if (group || g_ascii_strcasecmp(*c, is) == 0)
                return (Rank)rank;
        }
    }
    return RANK_OTHER;
}

char *chart_flag_words(const FhirResource *f)
{
    g_autofree char *what = fhir_concept_text(fhir_root(f), "code");
    return g_strdup_printf("%s %s%s", rank_table[flag_rank(f)].mark, what ? what : _("alert without text"),
                           fhir_has_modifier(f) ? _(" (CANNOT BE SHOWN SAFELY)") : "");
}

typedef struct {
    char *words;
    Rank rank;
    guint at; /* as it came: what is of one rank keeps its order */
} Ranked;

static int by_rank(const void *a, const void *b)
{
    const Ranked *x = a, *y = b;
    return x->rank != y->rank ? (x->rank > y->rank) - (x->rank < y->rank) : (x->at > y->at) - (x->at < y->at);
}

/* However many can kill, one treatment limit is among the first two: else they would fill the line. */
static void lift_limit(GArray *list)
{
    guint from = 0;
    while (from < list->len && g_array_index(list, Ranked, from).rank == RANK_LIFE)
        from++;
    if (from < 2 || from == list->len || g_array_index(list, Ranked, from).rank > RANK_CARE)
        return;
    Ranked limit = g_array_index(list, Ranked, from);
    g_array_remove_index(list, from);
    g_array_insert_val(list, 1, limit);
}

GPtrArray *chart_header_flags(const GPtrArray *allergies, const GPtrArray *flags, guint64 *ret_kills)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(Ranked));
    GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < allergies->len; i++) {
        int danger;
        Ranked r = {.words = chart_allergy_words(allergies->pdata[i], &danger), .at = list->len};
        if (r.words) {
            r.rank = allergy_rank(allergies->pdata[i], danger);
            g_array_append_val(list, r);
        }
    }
    for (guint i = 0; i < flags->len; i++) {
        Ranked r = {chart_flag_words(flags->pdata[i]), flag_rank(flags->pdata[i]), list->len};
        g_array_append_val(list, r);
    }
    g_array_sort(list, by_rank);
    lift_limit(list);
    *ret_kills = 0;
    for (guint i = 0; i < list->len; i++) {
        const Ranked *r = &g_array_index(list, Ranked, i);
        if (i < 64 && (r->rank == RANK_LIFE || r->rank == RANK_LIFE_SUSPECTED))
            *ret_kills |= G_GUINT64_CONSTANT(1) << i;
        g_ptr_array_add(out, r->words);
    }
    return out;
}

/* ---- what there was no room for ---- */

typedef enum { REST_LIFE, REST_ALLERGY, REST_CARE, REST_CONTAGION, REST_CONDITION, REST_OTHER, RESTS } Rest;

static Rest rest_of(const char *flag, gboolean kills)
{
    if (g_str_has_prefix(flag, "[!Ö]"))
        return kills ? REST_LIFE : REST_ALLERGY;
    return g_str_has_prefix(flag, "[!V]")   ? REST_CARE
           : g_str_has_prefix(flag, "[!S]") ? REST_CONTAGION
           : g_str_has_prefix(flag, "[!T]") ? REST_CONDITION
                                            : REST_OTHER;
}

static char *rest_words(Rest rest, guint n)
{
    switch (rest) {
    case REST_LIFE:
        return g_strdup_printf(ngettext("%u LIFE-THREATENING hypersensitivity", "%u LIFE-THREATENING hypersensitivities", n), n);
    case REST_ALLERGY:
        return g_strdup_printf(ngettext("%u hypersensitivity", "%u hypersensitivities", n), n);
    case REST_CARE:
        return g_strdup_printf(ngettext("%u special routine", "%u special routines", n), n);
    case REST_CONTAGION:
        return g_strdup_printf(ngettext("%u contagion", "%u contagions", n), n);
    case REST_CONDITION:
        return g_strdup_printf(ngettext("%u condition", "%u conditions", n), n);
    default:
        return g_strdup_printf(ngettext("%u other", "%u others", n), n);
    }
}

static char *rest_marks(Rest rest, guint n)
{
    static const char *const marks[RESTS] = {
        [REST_LIFE] = "[!Ö]", [REST_ALLERGY] = "[!Ö]", [REST_CARE] = "[!V]", [REST_CONTAGION] = "[!S]",
        [REST_CONDITION] = "[!T]", [REST_OTHER] = "[!]"};
    return g_strdup_printf("%u %s%s", n, marks[rest], rest == REST_LIFE ? _(" LIFE-THREATENING") : "");
}

char *chart_header_rest(const char *const *hidden, guint64 kills, gboolean brief)
{
    guint counts[RESTS] = {0};
    GString *out = g_string_new(NULL);
    for (guint i = 0; hidden[i]; i++)
        counts[rest_of(hidden[i], i < 64 && (kills >> i & 1))]++;
    for (int rest = 0; rest < RESTS; rest++) {
        g_autofree char *words = !counts[rest] ? NULL : brief ? rest_marks(rest, counts[rest]) : rest_words(rest, counts[rest]);
        if (words)
            g_string_append_printf(out, "%s%s", out->len ? ", " : "+", words);
    }
    return g_string_free(out, FALSE);
}
