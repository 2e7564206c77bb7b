/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/news2-order.h"

#include <glib/gi18n.h>
#include <string.h>

/* A moment that may be known to the day only: somewhere from @first, and by @last surely. */
typedef struct {
    Instant first, last;
} Moment;

typedef struct {
    Moment start, end;
    gboolean ends;
    char *who;
    Instant begun;     /* INSTANT_NONE where no time was said */
} Order;

struct News2Orders {
    gboolean known;
    GArray *orders; /* Order */
};

gboolean news2_is_order(const FhirResource *flag)
{
    g_autofree char *code = strcmp(fhir_type(flag), "Flag") == 0 ? fhir_concept_code(fhir_root(flag), "code", NEWS2_ORDER_SYSTEM) : NULL;
    return g_strcmp0(code, NEWS2_ORDER_CODE) == 0;
}

static void order_clear(gpointer p)
{
    g_free(((Order *)p)->who);
}

/* Where it is not said, it may be any time. */
static Moment moment(FhirNode root, const char *path, Instant *ret_exact)
{
    FhirTime t;
    if (!fhir_time(root, path, &t))
        return (Moment){G_MININT64, G_MAXINT64};
    if (ret_exact)
        *ret_exact = t.instant;
    return (Moment){t.instant, t.precision == FHIR_TIME_SECOND ? t.instant : fhir_time_end(&t)};
}

static void add(News2Orders *o, const FhirResource *flag)
{
    FhirNode root = fhir_root(flag);
    gboolean active = fhir_is(root, "status", "active"), ended = fhir_exists(fhir_at(root, "period.end"));
    Order order = {.ends = ended || !active, .begun = INSTANT_NONE};
    if (fhir_is(root, "status", "entered-in-error"))
        return; /* it was never ordered */
    order.start = moment(root, "period.start", &order.begun);
    order.end = moment(root, "period.end", NULL);
    if (fhir_has_modifier(flag) || (!active && !fhir_is(root, "status", "inactive"))) {
        order.start = order.end = (Moment){G_MININT64, G_MAXINT64};
        order.ends = TRUE;
    }
    order.who = fhir_string(root, "author.display");
    g_array_append_val(o->orders, order);
}

News2Orders *news2_orders_new(const GPtrArray *flags, gboolean known)
{
    News2Orders *o = g_new0(News2Orders, 1);
    o->known = known;
    o->orders = g_array_new(FALSE, FALSE, sizeof(Order));
    g_array_set_clear_func(o->orders, order_clear);
    for (guint i = 0; flags && i < flags->len; i++)
        if (news2_is_order(flags->pdata[i]))
            add(o, flags->pdata[i]);
    return o;
}

News2Orders *news2_orders_of(const FeedState *flags)
{
    return flags ? news2_orders_new(flags->items, flags->answered && flags->known == KNOWN_WHOLE) : NULL;
}

void news2_orders_free(News2Orders *o)
{
    if (!o)
        return;
    g_array_unref(o->orders);
    g_free(o);
}

static News2Scale holds(const Order *o, Instant at)
{
    if (at < o->start.first || (o->ends && at >= o->end.last))
        return NEWS2_SCALE_1;
    return at >= o->start.last && (!o->ends || at < o->end.first) ? NEWS2_SCALE_2 : NEWS2_SCALE_UNKNOWN;
}

static News2Scale scale_at(const News2Orders *o, Instant at, const Order **ret_order)
{
    News2Scale scale = o && o->known ? NEWS2_SCALE_1 : NEWS2_SCALE_UNKNOWN;
    for (guint i = 0; o && o->known && i < o->orders->len; i++) {
        const Order *order = &g_array_index(o->orders, Order, i);
        News2Scale one = holds(order, at);
        if (one == NEWS2_SCALE_2) {
            *ret_order = order;
            return one;
        }
        scale = one == NEWS2_SCALE_UNKNOWN ? one : scale;
    }
    return scale;
}

News2Scale news2_scale_at(const News2Orders *o, Instant at)
{
    const Order *order = NULL;
    return scale_at(o, at, &order);
}

char *news2_scale_words(const News2Orders *o, Instant at)
{
    const Order *order = NULL;
    News2Scale scale = scale_at(o, at, &order);
    if (scale == NEWS2_SCALE_UNKNOWN)
        return g_strdup(_("the scale is not known"));
    if (!order)
        return g_strdup(_("scale 1"));
    g_autofree char *when = order->begun != INSTANT_NONE ? instant_to_minute(order->begun) : g_strdup("");
    return g_strdup_printf(_("scale 2, ordered by %s %s"), order->who ? order->who : _("somebody who is not named"), when);
}
