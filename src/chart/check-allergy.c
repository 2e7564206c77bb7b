/* SPDX-License-Identifier: GPL-3.0-or-later
 * Documented hypersensitivity against the drug ordered: same substance, same class, classes that are
 * known to react alike. What has no code is compared by its words, and said so. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/check.h"
#include "chart/header.h"
#include "chart/record-words.h"

#define ATC        "http://www.whocc.no/atc"
#define SNOMED     "http://snomed.info/sct"
#define LEVEL2     3
#define LEVEL4     5 /* characters of an ATC code */

/* Groups that react alike though their codes differ. */
static const struct {
    const char *allergy, *order; /* beginnings of ATC codes */
    const char *words;           /* or this in the words of the entry */
    CheckSeverity least;         /* at most this, unless it is the same class */
    RecordWord class;
} cross_table[] = {
    {"J01C", "J01C", "penicillin", CHECK_STOP, RW_PENICILLINS},
    {"J01C", "J01D", "penicillin", CHECK_MEDIUM, RW_BETALACTAMS},
    {"J01D", "J01C", "cefalosporin", CHECK_MEDIUM, RW_BETALACTAMS},
    {"M01A", "M01A", "nsaid", CHECK_STOP, RW_NSAIDS},
    {"B01AC06", "M01A", "acetylsalicyl", CHECK_STOP, RW_ASA_NSAIDS},
    {"N02BA", "M01A", "acetylsalicyl", CHECK_STOP, RW_ASA_NSAIDS},
    {"M01A", "B01AC06", "nsaid", CHECK_HIGH, RW_ASA_NSAIDS},
    {"N02AA", "N02A", "opioid", CHECK_STOP, RW_OPIOIDS},
    {"J01EE", "J01EE", "sulfa", CHECK_STOP, RW_SULFONAMIDES},
};

typedef struct {
    char *id, *what, *atc, *folded; /* of the entry */
    gboolean severe, medicine, uncoded;
} Entry;

static void entry_clear(Entry *e)
{
    g_free(e->id);
    g_free(e->what);
    g_free(e->atc);
    g_free(e->folded);
}

/* Somebody has recorded that there is none: none at all, or none to medicines. */
static gboolean says_none(const FhirResource *r)
{
    static const char *const none[] = {"716186003", "409137002", NULL};
    FhirNode n = fhir_root(r);
    g_autofree char *snomed = fhir_concept_code(n, "code", SNOMED);
    g_autofree char *verification = fhir_concept_code(n, "verificationStatus", NULL);
    g_autofree char *clinical = fhir_concept_code(n, "clinicalStatus", NULL);
    return snomed && g_strv_contains(none, snomed) && g_strcmp0(verification, "entered-in-error") != 0 &&
           g_strcmp0(verification, "refuted") != 0 && (!clinical || strcmp(clinical, "active") == 0);
}

/* FALSE: the entry does not count, or says that there is none. */
static gboolean entry_read(const FhirResource *r, Entry *e, gboolean *ret_none)
{
    int danger;
    FhirNode n = fhir_root(r);
    g_autofree char *words = chart_allergy_words(r, &danger);
    *e = (Entry){0};
    *ret_none = *ret_none || says_none(r);
    if (!words) /* of an absence there are none */
        return FALSE;
    e->id = g_strdup(fhir_id(r));
    e->what = fhir_concept_text(n, "code");
    if (!e->what)
        e->what = g_strdup("?");
    e->atc = fhir_concept_code(n, "code", ATC);
    e->folded = text_fold(e->what);
    e->severe = danger == 2;
    e->uncoded = e->atc == NULL;
    gboolean other = fhir_is(n, "category[0]", "food") || fhir_is(n, "category[0]", "environment");
    e->medicine = e->atc != NULL || !other;
    return TRUE;
}

static gboolean same_substance(const Entry *e, const Order *o)
{
    if (e->atc && strcmp(e->atc, o->atc) == 0)
        return TRUE;
    g_auto(GStrv) parts = check_substances(o->substance);
    for (char **p = parts; *p; p++)
        if (**p && strstr(e->folded, *p))
            return TRUE;
    return FALSE;
}

/* What the order has in common with the entry; NULL when nothing. */
static const char *in_common(const Entry *e, const Order *o, CheckSeverity *ret_most)
{
    *ret_most = CHECK_STOP;
    if (same_substance(e, o))
        return "samma substans";
    for (gsize i = 0; i < G_N_ELEMENTS(cross_table); i++) {
        gboolean coded = e->atc && g_str_has_prefix(e->atc, cross_table[i].allergy);
        gboolean said = !e->atc && strstr(e->folded, cross_table[i].words);
        if ((!coded && !said) || !g_str_has_prefix(o->atc, cross_table[i].order))
            continue;
        *ret_most = cross_table[i].least;
        return record_word(cross_table[i].class);
    }
    if (e->atc && strlen(e->atc) >= LEVEL2 && g_str_has_prefix(o->atc, e->atc)) /* the entry is the group itself */
        return record_word(RW_SAME_CLASS);
    if (e->atc && strlen(e->atc) >= LEVEL4 && strncmp(e->atc, o->atc, LEVEL4) == 0)
        return record_word(RW_SAME_CLASS);
    return NULL;
}

/* TRUE when it fits the order. */
static gboolean compare(const Entry *e, const Order *o, GPtrArray *lines)
{
    CheckSeverity most;
    const char *common = in_common(e, o, &most);
    if (common) {
        CheckSeverity severity = MIN(most, e->severe ? CHECK_STOP : CHECK_HIGH);
        g_autofree char *record = record_text(e->severe ? RW_ALLERGY_SEVERE : RW_ALLERGY, e->what, o->substance, common);
        check_say(lines, "allergy", CHECK_FOUND, severity, e->id ? e->id : e->folded, record,
                  g_strdup_printf(e->severe ? _("Hypersensitivity LIFE-THREATENING: %s – %s")
                                            : _("Hypersensitivity: %s – %s"),
                                  e->what, common));
    } else if (e->medicine && e->uncoded) {
        check_say(lines, "allergy", CHECK_UNABLE, CHECK_MEDIUM, e->id ? e->id : e->folded, NULL,
                  g_strdup_printf(_("Hypersensitivity could not be checked: “%s” has no code, compared by its words only"), e->what));
    }
    return common != NULL;
}

void check_allergy(const CheckInput *in, GPtrArray *lines)
{
    const GPtrArray *items = in->facts->items[FACT_ALLERGIES];
    gboolean none = FALSE;
    guint entries = 0, hits = 0;
    for (guint i = 0; i < items->len; i++) {
        Entry e;
        if (!entry_read(items->pdata[i], &e, &none))
            continue;
        entries++;
        hits += compare(&e, in->order, lines);
        entry_clear(&e);
    }
    if (!in->facts->known[FACT_ALLERGIES])
        check_say(lines, "allergy", CHECK_UNABLE, CHECK_HIGH, "list", NULL,
                  g_strdup(_("Hypersensitivity could not be checked: the list is not known")));
    else if (!entries && !none)
        check_say(lines, "allergy", CHECK_UNABLE, CHECK_MEDIUM, "empty", NULL,
                  g_strdup(_("Hypersensitivity could not be checked: nobody has recorded whether there is any")));
    else if (!hits)
        check_say(lines, "allergy", CHECK_CLEAR, CHECK_INFORMATION, "none", NULL,
                  entries ? g_strdup_printf(ngettext("no hits against %u hypersensitivity", "no hits against %u hypersensitivities", entries), entries)
                          : g_strdup(_("“no known hypersensitivity” is recorded")));
}
