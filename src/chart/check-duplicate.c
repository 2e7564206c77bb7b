/* SPDX-License-Identifier: GPL-3.0-or-later
 * The same substance twice, parts of combinations too; the same class as information. Looks at what
 * is given now or later, and at the rest of the list to sign. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/check.h"
#include "chart/dosage.h"
#include "chart/record-words.h"

#define LEVEL4 5

/* Words of a name that are no code: does a part of the substance stand in it? */
static gboolean named_in(char **parts, const char *name)
{
    g_autofree char *folded = text_fold(name);
    for (char **p = parts; *p; p++)
        if (**p && strstr(folded, *p))
            return TRUE;
    return FALSE;
}

/* Weekly and hourly are the same drug: only what is given through the mouth or a vein adds up with
 * itself; skin and eye do not. Where no way is said, that of its group. */
static gboolean local_use(const char *route, const char *atc)
{
    static const char *const local[] = {"kutan", "okulär", "nasal", "vaginal", "inhalation", NULL};
    static const char *const groups[] = {"S01", "R01A", "R03A", "R03B"};
    if (route)
        return g_strv_contains(local, route);
    for (gsize i = 0; atc && i < G_N_ELEMENTS(groups); i++)
        if (g_str_has_prefix(atc, groups[i]))
            return TRUE;
    return FALSE;
}

typedef struct {
    gboolean same;        /* the same substance, or a part of both */
    gboolean alike;       /* the same class, fourth level of ATC */
    const CheckRule *rule; /* what the table says of the two; NULL */
} Likeness;

static gboolean fits(const CheckRule *r, char *const *a, char *const *b)
{
    return (drug_set_has(r->drugs, a) && drug_set_has(r->with[0], b)) || (drug_set_has(r->drugs, b) && drug_set_has(r->with[0], a));
}

/* What comes in no strength between is written as two, and both are known. */
static gboolean two_strengths(const Order *o, const CheckDrug *other)
{
    const char *mine = o->product ? o->product->strength_text : NULL;
    return mine && *mine && other->strength && *other->strength && strcmp(mine, other->strength) != 0;
}

static const CheckRule *rule_of(const CheckInput *in, const CheckDrug *other, gboolean same)
{
    const GPtrArray *rules = in->data->rules->of[RULES_DUPLICATE];
    for (guint i = 0; other->codes && i < rules->len; i++) {
        const CheckRule *r = rules->pdata[i];
        if (!r->strengths && ((same && !r->same && !r->one_needed) || (r->one_needed && in->order->as_needed == other->as_needed)))
            continue;
        if (r->strengths && !(same && two_strengths(in->order, other)))
            continue;
        if (fits(r, in->codes, other->codes))
            return r;
    }
    return NULL;
}

static gboolean shared_code(char *const *a, char *const *b)
{
    for (char *const *x = a; x && *x; x++)
        if (b && g_strv_contains((const char *const *)b, *x))
            return TRUE;
    return FALSE;
}

static Likeness alike(const CheckInput *in, char **mine, const CheckDrug *other)
{
    Likeness l = {.same = shared_code(in->codes, other->codes) || check_same_part(mine, other->substances) ||
                          (!other->codes && named_in(mine, other->name))};
    l.alike = other->atc && strlen(other->atc) >= LEVEL4 && strncmp(other->atc, in->order->atc, LEVEL4) == 0;
    l.rule = rule_of(in, other, l.same);
    return l;
}

/* -1: nothing to say. What is meant to be given together is said only where it looks like a double. */
static int severity_of(const CheckInput *in, const Likeness *l, const CheckDrug *other)
{
    int severity = l->rule ? (int)l->rule->level : CHECK_HIGH;
    if (!l->same && !l->alike && (!l->rule || l->rule->level == CHECK_INFORMATION))
        return -1;
    if (local_use(in->order->route, in->order->atc) || local_use(other->route, other->atc))
        severity = MIN(severity, CHECK_MEDIUM);
    return other->paused ? MIN(severity, CHECK_MEDIUM) : severity;
}

static gboolean compare(const CheckInput *in, char **mine, const CheckDrug *other, GPtrArray *lines)
{
    Likeness l = alike(in, mine, other);
    int severity = severity_of(in, &l, other);
    if (severity < 0)
        return FALSE;
    RecordWord how = l.same ? other->waiting ? RW_DOUBLE_WAITING : RW_DOUBLE_LISTED
                     : other->waiting ? RW_CLASS_WAITING : RW_CLASS_LISTED;
    g_autofree char *double_words = record_text(how, other->name, other->dosage);
    g_autofree char *record = l.rule ? g_strdup_printf("%s: %s", double_words, l.rule->text) : g_strdup(double_words);
    char *text = g_strdup_printf(l.same ? other->waiting ? _("Same substance on the list to sign: %s, %s")
                                         : _("Same substance already ordered: %s, %s")
                                 : other->waiting ? _("Same class on the list to sign: %s, %s")
                                                  : _("Same class already ordered: %s, %s"),
                                 other->name, other->dosage);
    check_say(lines, "duplicate", CHECK_FOUND, (CheckSeverity)severity, other->key, record, text);
    return TRUE;
}

void check_duplicate(const Check *self, const CheckInput *in, GPtrArray *lines)
{
    g_auto(GStrv) mine = check_substances(in->order->substance);
    guint hits = 0;
    for (guint i = 0; i < in->drugs->len; i++)
        hits += compare(in, mine, in->drugs->pdata[i], lines);
    if (!in->facts->known[FACT_MEDICATIONS])
        check_say(lines, self->id, CHECK_UNABLE, CHECK_HIGH, "list", record_word(RW_UNCHECKED_MEDICINES),
                  g_strdup(_("Double medication could not be checked: the medication list is not known")));
    else if (!hits)
        check_say(lines, self->id, CHECK_CLEAR, CHECK_INFORMATION, "none", NULL,
                  g_strdup_printf(ngettext("no hits against %u medicine", "no hits against %u medicines", in->drugs->len), in->drugs->len));
}
