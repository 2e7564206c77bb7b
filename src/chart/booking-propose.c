/* SPDX-License-Identifier: GPL-3.0-or-later
 * Which free times answer a wish, and how well. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/booking.h"

#define MINUTE (60 * G_USEC_PER_SEC)
#define PER_DAY 2 /* of one resource, when there are several days to choose among */

static void actor_free(gpointer p)
{
    BookingActor *a = p;
    g_free(a->type);
    g_free(a->id);
    g_free(a->display);
    g_free(a->brief);
    g_free(a->service);
    g_free(a);
}

void booking_proposal_free(gpointer data)
{
    BookingProposal *p = data;
    g_ptr_array_unref(p->slots);
    g_ptr_array_unref(p->actors);
    g_free(p->why);
    g_free(p->overlap);
    g_free(p->key);
    g_free(p);
}

void patient_booking_free(gpointer data)
{
    PatientBooking *b = data;
    g_free(b->words);
    g_free(b);
}

/* ---- who ---- */

static gboolean word_in(const char *words, const char *term, gboolean whole)
{
    g_auto(GStrv) all = g_strsplit(words, " ", -1);
    for (char **w = all; *w; w++)
        if (whole ? strcmp(*w, term) == 0 : g_str_has_prefix(*w, term))
            return TRUE;
    return FALSE;
}

GArray *booking_term_resources(const Diary *d, const char *term)
{
    GArray *out = g_array_new(FALSE, FALSE, sizeof(guint));
    for (int whole = 1; whole >= 0 && !out->len; whole--)
        for (guint i = 0; i < d->resources->len; i++)
            if (word_in(((DiaryResource *)d->resources->pdata[i])->words, term, whole))
                g_array_append_val(out, i);
    return out;
}

/* Without a name or a room any of the people will do. */
static GPtrArray *groups_of(const Diary *d, const BookingWish *w)
{
    GPtrArray *groups = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    for (guint i = 0; i < w->terms->len; i++)
        g_ptr_array_add(groups, booking_term_resources(d, w->terms->pdata[i]));
    /* the last word is being typed: it counts from where it means something */
    if (w->open_end && groups->len && !((GArray *)groups->pdata[groups->len - 1])->len)
        g_ptr_array_remove_index(groups, groups->len - 1);
    if (groups->len)
        return groups;
    GArray *people = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < d->resources->len; i++)
        if (!((DiaryResource *)d->resources->pdata[i])->room)
            g_array_append_val(people, i);
    g_ptr_array_add(groups, people);
    return groups;
}

/* ---- when ---- */

static gboolean in_the_way(const DiaryEntry *e, Instant start, Instant end)
{
    return e->state != DIARY_FREE && e->state != DIARY_CANCELLED && e->start < end && e->end > start;
}

/* The free times of @r that together cover [start, end), appended to @slots. */
static gboolean take_run(const DiaryResource *r, Instant start, Instant end, const VisitType *type, GPtrArray *slots)
{
    Instant covered = start;
    guint before = slots->len;
    gboolean free = TRUE;
    for (guint i = 0; i < r->entries->len; i++) {
        const DiaryEntry *e = r->entries->pdata[i];
        free = free && !in_the_way(e, start, end);
        gboolean fits = e->state == DIARY_FREE && e->slot && e->start <= covered && e->end > covered && covered < end;
        if (!fits || (e->type && type && e->type != type))
            continue;
        covered = e->end;
        g_ptr_array_add(slots, fhir_resource_ref(e->slot));
    }
    if (free && covered >= end)
        return TRUE;
    g_ptr_array_set_size(slots, (int)before);
    return FALSE;
}

static void add_actor(BookingProposal *p, const DiaryResource *r)
{
    BookingActor *a = g_new0(BookingActor, 1);
    a->type = g_strdup(r->actor_type);
    a->id = g_strdup(r->actor);
    a->display = g_strdup(r->display);
    a->service = g_strdup(r->service);
    a->brief = *r->profession ? g_strdup_printf("%s (%s)", r->name, diary_profession_short(r->profession)) : g_strdup(r->name);
    g_ptr_array_add(p->actors, a);
}

static gboolean has_actor(const BookingProposal *p, const DiaryResource *r)
{
    for (guint i = 0; i < p->actors->len; i++) {
        const BookingActor *a = p->actors->pdata[i];
        if (strcmp(a->type, r->actor_type) == 0 && strcmp(a->id, r->actor) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Each further person or room that is asked for must be free at the same time. */
static gboolean take_others(const Diary *d, const BookingWish *w, const GPtrArray *groups, BookingProposal *p)
{
    for (guint g = 1; g < groups->len; g++) {
        const GArray *group = groups->pdata[g];
        gboolean found = FALSE;
        for (guint i = 0; i < group->len && !found; i++) {
            const DiaryResource *r = d->resources->pdata[g_array_index(group, guint, i)];
            found = !has_actor(p, r) && take_run(r, p->start, p->end, w->type, p->slots);
            if (found)
                add_actor(p, r);
        }
        if (!found)
            return FALSE;
    }
    return TRUE;
}

static BookingProposal *proposal_at(const Diary *d, const BookingWish *w, const GPtrArray *groups,
                                    const DiaryResource *r, const DiaryEntry *e)
{
    BookingProposal *p = g_new0(BookingProposal, 1);
    p->slots = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    p->actors = g_ptr_array_new_with_free_func(actor_free);
    p->start = e->start;
    p->end = w->minutes ? e->start + (Instant)w->minutes * MINUTE : e->end;
    add_actor(p, r);
    if (!take_run(r, p->start, p->end, w->type, p->slots) || !take_others(d, w, groups, p)) {
        booking_proposal_free(p);
        return NULL;
    }
    GString *key = g_string_new(NULL);
    g_string_append_printf(key, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, p->start, p->end);
    for (guint i = 0; i < p->slots->len; i++)
        g_string_append_printf(key, " %s", fhir_id(p->slots->pdata[i]));
    p->key = g_string_free(key, FALSE);
    return p;
}

static gboolean time_fits(const BookingWish *w, const DiaryEntry *e, Instant now)
{
    CivilTime t = civil_time_at(e->start);
    int at = t.hour * 60 + t.minute;
    return e->state == DIARY_FREE && e->start >= now && (!w->has_time || (at >= w->time.from && at < w->time.to)) &&
           (!w->has_when || civil_date_compare(civil_date_at(e->start), w->when.from) >= 0);
}

/* ---- how well ---- */

/* Outside of what was asked for comes after all that is inside. */
static int distance(const BookingWish *w, const BookingProposal *p, gboolean *ret_outside)
{
    CivilDate day = civil_date_at(p->start);
    *ret_outside = w->has_when && civil_date_compare(day, w->when.to) > 0;
    if (!w->has_when)
        return 0;
    int off = civil_date_days_between(*ret_outside ? w->when.to : w->when.target, day);
    return *ret_outside || w->when.around ? off : 0;
}

static int compare(gconstpointer a, gconstpointer b, gpointer data)
{
    const BookingProposal *x = *(const BookingProposal *const *)a, *y = *(const BookingProposal *const *)b;
    gboolean out_x, out_y;
    int dx = ABS(distance(data, x, &out_x)), dy = ABS(distance(data, y, &out_y));
    if (out_x != out_y)
        return out_x ? 1 : -1;
    if (dx != dy)
        return dx - dy;
    return x->start < y->start ? -1 : x->start > y->start;
}

static void add_words(GString *out, char *words)
{
    g_string_append_printf(out, "%s%s", out->len ? " · " : "", words);
    g_free(words);
}

static void explain(const BookingWish *w, const GPtrArray *taken, BookingProposal *p, gboolean first)
{
    gboolean outside;
    int off = distance(w, p, &outside);
    GString *why = g_string_new(NULL);
    if (outside)
        add_words(why, g_strdup_printf(ngettext("%d day later than asked", "%d days later than asked", (gulong)off), off));
    else if (w->has_when && w->when.around && off)
        add_words(why, off < 0 ? g_strdup_printf(ngettext("%d day before", "%d days before", (gulong)-off), -off)
                               : g_strdup_printf(ngettext("%d day after", "%d days after", (gulong)off), off));
    else if (w->has_when && w->when.around)
        add_words(why, g_strdup(_("to the day")));
    else if (w->has_when)
        add_words(why, g_strdup(_("as asked")));
    else if (first)
        add_words(why, g_strdup(_("first free")));
    for (guint i = 0; i < taken->len && !p->overlap; i++) {
        const PatientBooking *b = taken->pdata[i];
        if (b->start < p->end && p->start < b->end)
            p->overlap = g_strdup(b->words);
    }
    if (p->overlap)
        add_words(why, g_strdup_printf(_("the patient has %s"), p->overlap));
    p->why = g_string_free(why, FALSE);
}

/* A few of each day and resource, so that there is something to choose among. */
static gboolean is_crowded(const GPtrArray *kept, const BookingProposal *p)
{
    guint same = 0;
    const BookingActor *who = p->actors->pdata[0];
    for (guint i = 0; i < kept->len; i++) {
        const BookingProposal *k = kept->pdata[i];
        same += civil_date_compare(civil_date_at(k->start), civil_date_at(p->start)) == 0 &&
                strcmp(((BookingActor *)k->actors->pdata[0])->id, who->id) == 0;
    }
    return same >= PER_DAY;
}

static GPtrArray *all_that_fit(const Diary *d, const BookingWish *w, Instant now)
{
    GPtrArray *out = g_ptr_array_new_with_free_func(booking_proposal_free);
    g_autoptr(GPtrArray) groups = groups_of(d, w);
    const GArray *first = groups->pdata[0];
    for (guint i = 0; i < first->len; i++) {
        const DiaryResource *r = d->resources->pdata[g_array_index(first, guint, i)];
        for (guint k = 0; k < r->entries->len; k++) {
            const DiaryEntry *e = r->entries->pdata[k];
            BookingProposal *p = time_fits(w, e, now) ? proposal_at(d, w, groups, r, e) : NULL;
            if (p)
                g_ptr_array_add(out, p);
        }
    }
    return out;
}

GPtrArray *booking_propose(const Diary *d, const BookingWish *w, const GPtrArray *taken, Instant now, guint max)
{
    GPtrArray *kept = g_ptr_array_new_with_free_func(booking_proposal_free);
    g_autoptr(GPtrArray) all = all_that_fit(d, w, now);
    gboolean one_day = w->has_when && civil_date_compare(w->when.from, w->when.to) == 0;
    g_ptr_array_sort_with_data(all, compare, (gpointer)w);
    for (guint i = 0; i < all->len && kept->len < max; i++) {
        gboolean outside;
        distance(w, all->pdata[i], &outside);
        if ((!one_day || outside) && is_crowded(kept, all->pdata[i]))
            continue;
        explain(w, taken, all->pdata[i], kept->len == 0);
        g_ptr_array_add(kept, all->pdata[i]);
        all->pdata[i] = NULL;
    }
    g_ptr_array_set_free_func(all, NULL);
    for (guint i = 0; i < all->len; i++)
        if (all->pdata[i])
            booking_proposal_free(all->pdata[i]);
    return kept;
}
