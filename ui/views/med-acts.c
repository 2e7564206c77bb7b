/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/med-acts.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/basket.h"
#include "ui/views/order-draft.h"
#include "ui/views/section.h"

typedef struct {
    View *view;
    const MedChange *change;
    GPtrArray *orders; /* FhirResource*, as they were chosen */
    const char *why;
    CivilDate until;
} Acting;

static void acting_free(gpointer p)
{
    Acting *a = p;
    g_ptr_array_unref(a->orders);
    g_free(a);
}

/* One change of one order waits at a time: of two nobody could say which is meant. */
static gboolean waits_already(const GPtrArray *drafts, const FhirResource *r)
{
    for (guint i = 0; i < drafts->len; i++) {
        const BasketItem *b = drafts->pdata[i];
        if (b->change && g_strcmp0(fhir_id(b->base), fhir_id(r)) == 0)
            return TRUE;
    }
    return FALSE;
}

/* NULL with @error: nothing is kept of it. */
static BasketItem *put(const Acting *a, const GPtrArray *drafts, const OrderData *data, const FhirResource *r, GError **error)
{
    View *v = a->view;
    if (waits_already(drafts, r)) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("A change of it is on the list to sign already"));
        return NULL;
    }
    g_autoptr(BasketItem) b = basket_item_change(a->change, r, patient_ctx_id(v->patient), data, (Decimal){0}, shell_now(), error);
    if (!b)
        return NULL;
    b->why = g_strdup(a->why);
    b->until = a->until;
    if (a->why)
        b->ready = TRUE;
    if (a->change->orders && !a->change->several)
        b->ready = FALSE; /* somebody goes on typing */
    return order_draft_save(v->app, b, error) ? g_steal_pointer(&b) : NULL;
}

/* How many were put on the list, and of the first that could not be: why. */
static void tell(App *app, guint put_there, guint refused, const char *first)
{
    if (!refused)
        return;
    g_autofree char *line = g_strdup_printf(ngettext("%u is on the list to sign; %u NOT: %s", "%u are on the list to sign; %u NOT: %s", put_there),
                                            put_there, refused, first);
    app->frontend->status(app, STATUS_WARN, line);
}

/* All that are chosen to drafts, then to where they are read: the line of a change, else the list to sign. */
static gboolean put_all(const Acting *a, GError **error)
{
    View *v = a->view;
    const OrderData *data = order_data(error);
    guint unreadable = 0, refused = 0, there = 0;
    g_autofree char *first = NULL, *id = NULL;
    if (!data)
        return FALSE;
    g_autoptr(GPtrArray) drafts = order_draft_list(v->app, patient_ctx_id(v->patient), &unreadable, NULL);
    for (guint i = 0; i < a->orders->len; i++) {
        g_autoptr(GError) why = NULL;
        g_autoptr(BasketItem) b = put(a, drafts, data, a->orders->pdata[i], &why);
        there += b != NULL;
        if (b && !id)
            id = g_strdup(b->id);
        if (b || refused++)
            continue;
        g_autofree char *what = med_change_text(a->orders->pdata[i], data->drugs, shell_now());
        first = g_strdup_printf("%s: %s", what, why->message);
    }
    if (!there) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, first ? first : _("Choose a row first"));
        return FALSE;
    }
    section_unmark(v);
    App *app = v->app; /* from the opening on @v may be gone */
    gboolean typing = a->change->orders && !a->change->several;
    g_autofree char *arg = typing ? g_strdup_printf("draft:%s", id) : g_strdup(id);
    if (!app->frontend->open_view(app, typing ? "order" : "sign-list", v->patient, arg, error))
        return FALSE;
    tell(app, there, refused, first);
    return TRUE;
}

static void finish(CmdCall *call, const Acting *a)
{
    GError *error = NULL;
    gboolean done = put_all(a, &error);
    cmd_continue(call, done ? CMD_DONE : CMD_ERROR, error);
}

static void on_until(CmdCall *call, const char *text, gpointer data)
{
    Acting *a = data;
    g_autofree char *day = g_strstrip(g_strdup(text ? text : ""));
    if (!text) {
        cmd_continue(call, CMD_DONE, NULL);
        return;
    }
    if (*day && (!civil_date_parse(day, &a->until) || civil_date_compare(a->until, civil_date_at(shell_now())) < 0)) {
        cmd_continue(call, CMD_ERROR, g_error_new_literal(APP_ERROR, APP_ERROR_ARGS, _("Not a day from today on: write it as 2026-11-30")));
        return;
    }
    finish(call, a);
}

static void on_reason(CmdCall *call, int index, gpointer data)
{
    Acting *a = data;
    if (index < 0) {
        cmd_continue(call, CMD_DONE, NULL);
        return;
    }
    a->why = a->change->reasons[index].code;
    if (a->change->until)
        a->view->app->frontend->ask(call, _("Paused until and with (a day, empty: until further notice)"), NULL, on_until, a);
    else
        finish(call, a);
}

/* With the whole text of what it is about, where it is one. */
static void ask_reason(CmdCall *call, Acting *a)
{
    const OrderData *data = order_data(NULL);
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(pick_item_free);
    g_autofree char *what = a->orders->len == 1 ? med_change_text(a->orders->pdata[0], data ? data->drugs : NULL, shell_now())
                                                : g_strdup_printf(ngettext("%u medicine", "%u medicines", a->orders->len), a->orders->len);
    g_autofree char *title = g_strdup_printf("%s: %s", _(a->change->title), what);
    for (guint i = 0; i < med_reason_count(a->change); i++) {
        PickItem *item = g_new0(PickItem, 1);
        item->text = g_strdup(record_word(a->change->reasons[i].words));
        g_ptr_array_add(items, item);
    }
    a->view->app->frontend->pick(call, title, items, on_reason, a);
}

CmdResult med_act(View *v, CmdCall *call, const MedChange *change, GError **error)
{
    g_autoptr(GPtrArray) chosen = section_chosen(v, error);
    if (!chosen)
        return CMD_ERROR;
    if (chosen->len > 1 && !change->several) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("One at a time, with its whole text: take the marks away first"));
        return CMD_ERROR;
    }
    if (chosen->len == 1 && !med_change_possible(change, chosen->pdata[0], shell_now(), error))
        return CMD_ERROR;
    Acting *a = g_new0(Acting, 1);
    *a = (Acting){.view = v, .change = change, .orders = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref)};
    for (guint i = 0; i < chosen->len; i++)
        g_ptr_array_add(a->orders, fhir_resource_ref(chosen->pdata[i]));
    call->data = a;
    call->data_free = acting_free;
    if (!change->reasons)
        return put_all(a, error) ? CMD_DONE : CMD_ERROR;
    ask_reason(call, a);
    return CMD_WAIT;
}
