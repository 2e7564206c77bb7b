/* SPDX-License-Identifier: GPL-3.0-or-later
 * Medicines that do not go together, by class and mechanism: the order against all that is given and all
 * that waits for the same signature, whichever of them the rule names first. */
#include <glib/gi18n.h>
#include <string.h>

#include "chart/check.h"
#include "chart/record-words.h"

enum { SIDES = 1 + RULE_WITH };

typedef struct {
    const CheckRule *rule;
    const CheckDrug *others[RULE_WITH]; /* NULL past the last */
    gboolean uncounted; /* the rule is about the dose of a day of the other, and that is not known */
} Hit;

static CheckSeverity severity_of(const Hit *h)
{
    /* What is paused can begin again, and is not given now. */
    for (guint i = 0; i < RULE_WITH && h->others[i]; i++)
        if (h->others[i]->paused)
            return MIN(h->rule->level, CHECK_MEDIUM);
    return h->uncounted ? MIN(h->rule->level, CHECK_MEDIUM) : h->rule->level;
}

static const CheckDrug *one_of(const CheckInput *in, const DrugSet *set, const CheckDrug *not_this)
{
    for (guint i = 0; i < in->drugs->len; i++) {
        const CheckDrug *d = in->drugs->pdata[i];
        if (d != not_this && drug_set_has(set, d->codes))
            return d;
    }
    return NULL;
}

/* The route and the dose of a rule are those of the medicine that it names first, whichever of them is ordered. */
static gboolean order_fits(const CheckInput *in, const CheckRule *r, guint side)
{
    if (!check_rule_of_age(in, r))
        return FALSE;
    return side == 0 ? check_rule_fits(in, r) : drug_set_has(r->with[side - 1], in->codes);
}

/* @other can stand on side @k. An unknown dose makes no rule that would only be a line. */
static gboolean other_fits(const CheckRule *r, const DrugSet *set, guint k, const CheckDrug *other, gboolean *ret_uncounted)
{
    *ret_uncounted = k == 0 && r->over.valid && (!other->order || !check_dose_of_day(other->order, r->unit).valid);
    return drug_set_has(set, other->codes) && (k > 0 || check_rule_fits_drug(r, other)) &&
           (!*ret_uncounted || r->level >= CHECK_HIGH);
}

/* Every other side of @r in turn with @other as one of them; TRUE fills @ret. */
static gboolean completes(const CheckInput *in, const CheckRule *r, guint side, const CheckDrug *other, Hit *ret)
{
    const DrugSet *sets[SIDES] = {r->drugs, r->with[0], r->with[1]};
    for (guint k = 0; k < SIDES; k++) {
        gboolean uncounted;
        if (k == side || !sets[k] || !other_fits(r, sets[k], k, other, &uncounted))
            continue;
        *ret = (Hit){r, {other, NULL}, uncounted};
        for (guint rest = 0; rest < SIDES; rest++)
            if (rest != side && rest != k && sets[rest] && !(ret->others[1] = one_of(in, sets[rest], other)) &&
                !drug_set_has(sets[rest], other->codes) && !drug_set_has(sets[rest], in->codes))
                return FALSE; /* a combination can be two of the three */
        return TRUE;
    }
    return FALSE;
}

/* The worst rule of @mine about @other. */
static gboolean worst_with(const CheckInput *in, const GArray *mine, const CheckDrug *other, Hit *ret)
{
    gboolean found = FALSE;
    for (guint i = 0; other->codes && i < mine->len; i++) {
        const CheckRule *r = in->data->rules->of[RULES_INTERACTION]->pdata[g_array_index(mine, guint, i) / SIDES];
        Hit h = {0};
        if (!completes(in, r, g_array_index(mine, guint, i) % SIDES, other, &h) || (found && severity_of(&h) <= severity_of(ret)))
            continue;
        *ret = h;
        found = TRUE;
    }
    return found;
}

/* Rules that the order stands on a side of, as rule * SIDES + side. */
static GArray *rules_of_order(const CheckInput *in)
{
    const GPtrArray *rules = in->data->rules->of[RULES_INTERACTION];
    GArray *mine = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < rules->len; i++)
        for (guint side = 0; side < SIDES; side++) {
            const CheckRule *r = rules->pdata[i];
            guint at = i * SIDES + side;
            if (order_fits(in, r, side) && check_value_holds(in, r))
                g_array_append_val(mine, at);
        }
    return mine;
}

static void say(const Check *self, const CheckInput *in, const Hit *h, GPtrArray *lines)
{
    g_autoptr(GString) names = g_string_new(in->order->substance);
    for (guint i = 0; i < RULE_WITH && h->others[i]; i++)
        g_string_append_printf(names, " + %s", h->others[i]->name);
    g_autofree char *value = h->rule->value >= 0 ? check_value_text(in, h->rule->value) : NULL;
    g_autofree char *record = g_strdup_printf("%s%s%s: %s", names->str, value ? ", " : "", value ? value : "", h->rule->text);
    g_autofree char *key = g_strdup_printf("%s-%s", in->order->atc, h->others[0]->key);
    if (h->uncounted)
        check_say_uncounted(self, severity_of(h), key, record, lines);
    else if (drug_set_has(h->rule->drugs, in->codes))
        check_say_rule(self, in, h->rule, severity_of(h), key, record, lines);
    else
        check_say(lines, self->id, CHECK_FOUND, severity_of(h), key, record, g_strdup(record));
}

/* What has no code, and what nobody knows whether it is given, is in no class. */
static gboolean say_unable(const Check *self, const CheckInput *in, GPtrArray *lines)
{
    guint before = lines->len;
    for (guint i = 0; i < in->drugs->len; i++) {
        const CheckDrug *d = in->drugs->pdata[i];
        g_autofree char *record = d->codes ? NULL : record_text(RW_UNCHECKED_CODE, d->name);
        if (record)
            check_say(lines, self->id, CHECK_UNABLE, CHECK_HIGH, d->key ? d->key : d->name, record,
                      g_strdup_printf(_("Could not be checked: “%s” on the medication list has no code"), d->name));
    }
    for (guint i = 0; i < in->facts->doubtful->len; i++) {
        const char *name = in->facts->doubtful->pdata[i];
        g_autofree char *record = record_text(RW_UNCHECKED_STATE, name);
        check_say(lines, self->id, CHECK_UNABLE, CHECK_HIGH, name, record,
                  g_strdup_printf(_("Could not be checked: whether “%s” is given is not known"), name));
    }
    return lines->len > before;
}

void check_interaction(const Check *self, const CheckInput *in, GPtrArray *lines)
{
    g_autoptr(GArray) mine = rules_of_order(in);
    gboolean said = say_unable(self, in, lines);
    for (guint i = 0; i < in->drugs->len; i++) {
        Hit h = {0};
        if (!worst_with(in, mine, in->drugs->pdata[i], &h))
            continue;
        say(self, in, &h, lines);
        said = TRUE;
    }
    if (!said && in->facts->known[FACT_MEDICATIONS] && in->drugs->len)
        check_say(lines, self->id, CHECK_CLEAR, CHECK_INFORMATION, "none", NULL,
                  g_strdup_printf(ngettext("no interaction with %u medicine", "no interactions with %u medicines", in->drugs->len),
                                  in->drugs->len));
}
