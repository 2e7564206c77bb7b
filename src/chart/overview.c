/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/overview.h"

#include <glib/gi18n.h>

#include "base/clock.h"
#include "chart/header.h"
#include "chart/overview-private.h"

/* Which answers each block is made of. */
static const struct {
    FeedKind feeds[3];
    guint n;
    guint beside; /* the last of them: the rows are read with it, and its doubt is said in the row that it is about */
} made_of[OVERVIEW_BLOCKS] = {
    [OVERVIEW_PROBLEMS] = {{FEED_PROBLEMS}, 1},
    [OVERVIEW_MEDICATIONS] = {{FEED_MEDICATIONS}, 1},
    [OVERVIEW_VITALS] = {{FEED_VITALS, FEED_FLAGS}, 2, 1},
    [OVERVIEW_LABS] = {{FEED_LABS}, 1},
    [OVERVIEW_RECENT] = {{FEED_NOTES, FEED_REPORTS, FEED_BOOKINGS_AHEAD}, 3},
};

struct Overview {
    PatientCtx *patient;
    Feed *feeds[FEED_KINDS]; /* NULL where it is not asked */
    OverviewBlock blocks[OVERVIEW_BLOCKS];
    gboolean stale[OVERVIEW_BLOCKS]; /* rows are made of answers when they are looked at, once for all */
    OverviewFn fn;
    gpointer data;
};

static Instant since_yesterday(Instant now)
{
    return instant_day_start(civil_date_add_days(civil_date_at(now), -1));
}

static guint fill(Overview *o, OverviewPart part, GPtrArray *rows, Instant now)
{
    const FeedState *s = feed_state(o->feeds[made_of[part].feeds[0]]);
    g_autoptr(News2Orders) orders = NULL;
    guint n;
    switch (part) {
    case OVERVIEW_PROBLEMS:
        return overview_problems(rows, s, now);
    case OVERVIEW_MEDICATIONS:
        return overview_medications(rows, s, now);
    case OVERVIEW_VITALS:
        orders = news2_orders_of(feed_state(o->feeds[FEED_FLAGS]));
        return overview_vitals(rows, patient_ctx_patient(o->patient), s, orders, now);
    case OVERVIEW_LABS:
        return overview_labs(rows, s, now);
    default:
        n = overview_next(rows, feed_state(o->feeds[FEED_BOOKINGS_AHEAD]), now);
        n += overview_recent(rows, s, since_yesterday(now), now);
        return n +
               overview_recent(rows, feed_state(o->feeds[FEED_REPORTS]), since_yesterday(now), now);
    }
}

/* The gravest doubt about any of the answers is the block's. */
static void doubt(Overview *o, OverviewPart part)
{
    OverviewBlock *b = &o->blocks[part];
    g_clear_pointer(&b->doubt, g_free);
    b->unknown = b->partial = FALSE;
    for (guint i = 0; i < made_of[part].n - made_of[part].beside; i++) {
        const FeedState *s = feed_state(o->feeds[made_of[part].feeds[i]]);
        gboolean unknown = s->unknown || !s->answered;
        b->partial |= s->more;
        if (b->doubt && (b->unknown || !unknown))
            continue;
        g_free(b->doubt);
        b->doubt = feed_doubt(s);
        b->unknown = unknown;
    }
}

static void build(Overview *o, OverviewPart part)
{
    OverviewBlock *b = &o->blocks[part];
    o->stale[part] = FALSE;
    g_clear_pointer(&b->rows, g_ptr_array_unref);
    b->rows = overview_rows_new();
    b->count = fill(o, part, b->rows, clock_clinical_us());
}

static void on_feed(Feed *feed, gpointer data)
{
    Overview *o = data;
    FeedKind kind = feed_state(feed)->kind;
    for (guint part = 0; part < OVERVIEW_BLOCKS; part++)
        for (guint i = 0; i < made_of[part].n; i++)
            if (made_of[part].feeds[i] == kind) {
                o->stale[part] = TRUE;
                doubt(o, (OverviewPart)part);
            }
    o->fn(o, o->data);
}

static void overview_free(gpointer data)
{
    Overview *o = data;
    for (guint i = 0; i < OVERVIEW_BLOCKS; i++) {
        g_clear_pointer(&o->blocks[i].rows, g_ptr_array_unref);
        g_free(o->blocks[i].doubt);
    }
    patient_ctx_unref(o->patient);
    g_free(o);
}

const char *const *overview_types(void)
{
    static GPtrArray *types;
    if (types)
        return (const char *const *)types->pdata;
    types = g_ptr_array_new();
    for (const char *const *t = chart_header_types(); *t; t++)
        g_ptr_array_add(types, (gpointer)*t);
    for (guint part = 0; part < OVERVIEW_BLOCKS; part++)
        for (guint i = 0; i < made_of[part].n; i++)
            g_ptr_array_add(types, (gpointer)feed_type(made_of[part].feeds[i]));
    g_ptr_array_add(types, NULL);
    return (const char *const *)types->pdata;
}

Overview *overview_watch(Client *client, Scope *scope, PatientCtx *patient, OverviewFn fn,
                         gpointer data)
{
    Overview *o = g_new0(Overview, 1);
    o->patient = patient_ctx_ref(patient);
    o->fn = fn;
    o->data = data;
    scope_add(scope, overview_free, o);
    for (guint part = 0; part < OVERVIEW_BLOCKS; part++)
        for (guint i = 0; i < made_of[part].n; i++) {
            FeedKind kind = made_of[part].feeds[i];
            o->feeds[kind] = feed_watch(client, scope, patient, kind, on_feed, o);
        }
    for (guint part = 0; part < OVERVIEW_BLOCKS; part++) {
        o->stale[part] = TRUE;
        doubt(o, (OverviewPart)part);
    }
    return o;
}

const OverviewBlock *overview_block(Overview *o, OverviewPart part)
{
    if (o->stale[part])
        build(o, part);
    return &o->blocks[part];
}

const char *overview_unknown(const Overview *o)
{
    for (guint part = 0; part < OVERVIEW_BLOCKS; part++)
        if (o->blocks[part].unknown)
            return o->blocks[part].doubt;
    return NULL;
}

void overview_refresh(Overview *o)
{
    for (guint i = 0; i < FEED_KINDS; i++)
        if (o->feeds[i])
            feed_refresh(o->feeds[i]);
}
