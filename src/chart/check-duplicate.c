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
 * itself; skin and eye do not. */
static gboolean local_use(const char *route)
{
    static const char *const local[] = {"kutan", "okulär", "nasal", "vaginal", "inhalation", NULL};
    return route && g_strv_contains(local, route);
}

typedef struct {
    const char *atc, *name, *dosage;
    char **substances; /* NULL: only its name is known */
    const char *key;
    gboolean waiting; /* it stands in the list to sign */
} Other;

/* 2 = same substance, 1 = same class, 0 = neither. */
static int alike(const Order *o, char **mine, const Other *other)
{
    if ((other->atc && strcmp(other->atc, o->atc) == 0) || check_same_part(mine, other->substances) ||
        (!other->substances && named_in(mine, other->name)))
        return 2;
    return other->atc && strlen(other->atc) >= LEVEL4 && strncmp(other->atc, o->atc, LEVEL4) == 0;
}

static int compare(const Order *o, char **mine, const Other *other, GPtrArray *lines)
{
    int level = alike(o, mine, other);
    if (!level)
        return 0;
    CheckSeverity severity = level == 1 ? CHECK_INFORMATION : local_use(o->route) ? CHECK_MEDIUM : CHECK_HIGH;
    RecordWord how = level == 2 ? other->waiting ? RW_DOUBLE_WAITING : RW_DOUBLE_LISTED
                     : other->waiting ? RW_CLASS_WAITING : RW_CLASS_LISTED;
    g_autofree char *record = record_text(how, other->name, other->dosage);
    check_say(lines, "duplicate", CHECK_FOUND, severity, other->key, record,
              g_strdup_printf(level == 2 ? other->waiting ? _("Same substance on the list to sign: %s, %s")
                                                          : _("Same substance already ordered: %s, %s")
                              : other->waiting ? _("Same class on the list to sign: %s, %s")
                                               : _("Same class already ordered: %s, %s"),
                              other->name, other->dosage));
    return level;
}

void check_duplicate(const CheckInput *in, GPtrArray *lines)
{
    const GPtrArray *given = in->facts->given;
    g_auto(GStrv) mine = check_substances(in->order->substance);
    guint looked = 0, hits = 0;
    for (guint i = 0; i < given->len; i++) {
        const GivenMedicine *g = given->pdata[i];
        Other other = {g->row->atc, g->row->name, g->row->dosage, g->substances, g->row->id, FALSE};
        looked++;
        hits += compare(in->order, mine, &other, lines) > 0;
    }
    for (guint i = 0; in->others && i < in->others->len; i++) {
        const Order *o = in->others->pdata[i];
        if (!o || !o->substance)
            continue;
        g_autofree char *dosage = dosage_text(o);
        g_auto(GStrv) parts = check_substances(o->substance);
        Other other = {o->atc, o->substance, dosage, parts, o->atc, TRUE};
        looked++;
        hits += compare(in->order, mine, &other, lines) > 0;
    }
    if (!in->facts->known[FACT_MEDICATIONS])
        check_say(lines, "duplicate", CHECK_UNABLE, CHECK_HIGH, "list", NULL,
                  g_strdup(_("Double medication could not be checked: the medication list is not known")));
    else if (!hits)
        check_say(lines, "duplicate", CHECK_CLEAR, CHECK_INFORMATION, "none", NULL,
                  g_strdup_printf(ngettext("no hits against %u medicine", "no hits against %u medicines", looked), looked));
}
