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

/* A reaction that can kill, whatever the entry calls its danger; folded. */
static const char *const severe_words[] = {"anafyla", "stevens johnson", "sjs", "epidermal nekrol", "dress", "angioodem",
                                           "bronkospasm", "agranulocyt", "chock", "quincke", "larynx", "lyell"};

typedef struct {
    char *id, *what, *atc, *folded; /* of the entry */
    char **codes;                   /* of it and of its parts */
    gboolean severe, medicine, uncoded;
} Entry;

static void entry_clear(Entry *e)
{
    g_free(e->id);
    g_free(e->what);
    g_free(e->atc);
    g_free(e->folded);
    g_strfreev(e->codes);
}

static gboolean severe_reaction(FhirNode n)
{
    g_autoptr(GString) all = g_string_new(NULL);
    FhirNode reactions = fhir_at(n, "reaction");
    for (FhirNode r = fhir_first(reactions); fhir_exists(r); r = fhir_next(r)) {
        g_autofree char *what = fhir_concept_text(r, "manifestation[0]"), *said = fhir_string(r, "description");
        g_string_append_printf(all, " %s %s", what ? what : "", said ? said : "");
        if (fhir_is(r, "severity", "severe"))
            return TRUE;
    }
    g_autofree char *folded = text_fold(all->str);
    for (gsize i = 0; i < G_N_ELEMENTS(severe_words); i++)
        if (strstr(folded, severe_words[i]))
            return TRUE;
    return FALSE;
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
static gboolean entry_read(const CheckRules *rules, const FhirResource *r, Entry *e, gboolean *ret_none)
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
    e->codes = check_rules_codes(rules, e->atc);
    e->severe = danger == 2 || severe_reaction(n);
    e->uncoded = e->atc == NULL;
    gboolean other = fhir_is(n, "category[0]", "food") || fhir_is(n, "category[0]", "environment");
    e->medicine = e->atc != NULL || !other;
    return TRUE;
}

static gboolean shares_code(char *const *a, char *const *b)
{
    for (char *const *x = a; x && *x; x++)
        if (b && g_strv_contains((const char *const *)b, *x))
            return TRUE;
    return FALSE;
}

static gboolean same_substance(const Entry *e, const CheckInput *in)
{
    if (e->atc && (strcmp(e->atc, in->order->atc) == 0 || shares_code(e->codes, in->codes)))
        return TRUE;
    g_auto(GStrv) parts = check_substances(in->order->substance);
    for (char **p = parts; *p; p++)
        if (**p && strstr(e->folded, *p))
            return TRUE;
    return FALSE;
}

/* Short words only whole: "asa" is not in "nasal"; "statin" not in "nystatin", "sulfa" not in "järnsulfat". */
static gboolean says_word(const char *folded, const char *word)
{
    static const char *const wider[][2] = {{"statin", "nystatin"}, {"sulfa", "sulfat "}};
    enum { SHORT = 4 };
    if (strlen(word) > SHORT) {
        g_autoptr(GString) said = g_string_new(folded);
        g_string_append_c(said, ' ');
        for (gsize i = 0; i < G_N_ELEMENTS(wider); i++)
            if (strcmp(word, wider[i][0]) == 0)
                g_string_replace(said, wider[i][1], "", 0);
        return strstr(said->str, word) != NULL;
    }
    g_autofree char *text = g_strdup_printf(" %s ", folded), *whole = g_strdup_printf(" %s ", word);
    return *word && strstr(text, whole) != NULL;
}

/* The worst that a rule says of the entry and the order; NULL when none does. What has no code is
 * compared by the words of the rule. */
static const CheckRule *cross_rule(const Entry *e, const CheckInput *in)
{
    const GPtrArray *rules = in->data->rules->of[RULES_ALLERGY];
    const CheckRule *found = NULL;
    for (guint i = 0; i < rules->len; i++) {
        const CheckRule *r = rules->pdata[i];
        gboolean about = e->atc && drug_set_has(r->allergy, e->codes);
        for (char **w = r->words; !e->atc && !about && w && *w; w++)
            about = says_word(e->folded, *w);
        if (!about || !drug_set_has(r->drugs, in->codes))
            continue;
        if (!found || (e->severe ? r->level > found->level : r->mild > found->mild))
            found = r;
    }
    return found;
}

/* Every word of an entry without code is of the list of what is no medicine: latex, pollen, nuts. */
static gboolean no_medicine(const Entry *e, const CheckInput *in)
{
    const GPtrArray *rules = in->data->rules->of[RULES_ALLERGY];
    g_auto(GStrv) said = g_strsplit_set(e->folded, " ", -1);
    guint known = 0, words = 0;
    for (char **w = said; *w; w++) {
        gboolean listed = FALSE;
        for (guint i = 0; **w && i < rules->len; i++) {
            const CheckRule *r = rules->pdata[i];
            listed = listed || (!r->drugs && r->words && g_strv_contains((const char *const *)r->words, *w));
        }
        words += **w != 0;
        known += listed;
    }
    return words && known == words;
}

/* What the order has in common with the entry; NULL when nothing. */
static const char *in_common(const Entry *e, const CheckInput *in, CheckSeverity *ret)
{
    const char *atc = in->order->atc;
    *ret = e->severe ? CHECK_STOP : CHECK_HIGH;
    if (same_substance(e, in))
        return record_word(RW_SAME_SUBSTANCE);
    const CheckRule *r = cross_rule(e, in);
    if (r) {
        *ret = e->severe ? r->level : r->mild;
        return r->text;
    }
    if (e->atc && strlen(e->atc) >= LEVEL2 && g_str_has_prefix(atc, e->atc)) /* the entry is the group itself */
        return record_word(RW_SAME_CLASS);
    if (e->atc && strlen(e->atc) >= LEVEL4 && strncmp(e->atc, atc, LEVEL4) == 0)
        return record_word(RW_SAME_CLASS);
    return NULL;
}

/* TRUE when it fits the order. */
static gboolean compare(const Entry *e, const CheckInput *in, GPtrArray *lines)
{
    CheckSeverity severity;
    const char *common = in_common(e, in, &severity);
    if (common) {
        g_autofree char *record = record_text(e->severe ? RW_ALLERGY_SEVERE : RW_ALLERGY, e->what, in->order->substance, common);
        check_say(lines, "allergy", CHECK_FOUND, severity, e->id ? e->id : e->folded, record,
                  g_strdup_printf(e->severe ? _("Hypersensitivity LIFE-THREATENING: %s – %s")
                                            : _("Hypersensitivity: %s – %s"),
                                  e->what, common));
    } else if (e->medicine && e->uncoded && !no_medicine(e, in)) {
        g_autofree char *record = record_text(RW_UNCHECKED_CODE, e->what);
        check_say(lines, "allergy", CHECK_UNABLE, CHECK_HIGH, e->id ? e->id : e->folded, record,
                  g_strdup_printf(_("Hypersensitivity could not be checked: “%s” has no code, compared by its words only"), e->what));
    }
    return common != NULL;
}

void check_allergy(const Check *self, const CheckInput *in, GPtrArray *lines)
{
    (void)self;
    const GPtrArray *items = in->facts->items[FACT_ALLERGIES];
    gboolean none = FALSE;
    guint entries = 0, hits = 0;
    for (guint i = 0; i < items->len; i++) {
        Entry e;
        if (!entry_read(in->data->rules, items->pdata[i], &e, &none))
            continue;
        entries++;
        hits += compare(&e, in, lines);
        entry_clear(&e);
    }
    if (!in->facts->known[FACT_ALLERGIES])
        check_say(lines, "allergy", CHECK_UNABLE, CHECK_HIGH, "list", record_word(RW_UNCHECKED_ALLERGIES),
                  g_strdup(_("Hypersensitivity could not be checked: the list is not known")));
    else if (!entries && !none)
        check_say(lines, "allergy", CHECK_UNABLE, CHECK_MEDIUM, "empty", NULL,
                  g_strdup(_("Hypersensitivity could not be checked: nobody has recorded whether there is any")));
    else if (!hits)
        check_say(lines, "allergy", CHECK_CLEAR, CHECK_INFORMATION, "none", NULL,
                  entries ? g_strdup_printf(ngettext("no hits against %u hypersensitivity", "no hits against %u hypersensitivities", entries), entries)
                          : g_strdup(_("“no known hypersensitivity” is recorded")));
}
