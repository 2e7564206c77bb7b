/* SPDX-License-Identifier: GPL-3.0-or-later
 * The orders of one patient that wait for this person's signature, each spelt out with its checks.
 * The signing key signs all that stand ready, once every line has been on the screen. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "chart/basket-sign.h"
#include "ui/patient-header.h"
#include "ui/views/order-draft.h"
#include "ui/views/order-paint.h"
#include "ui/views/views.h"

typedef struct {
    char *text;
    Style style;
    int item;        /* index, -1 = none */
    gboolean first;  /* of its item */
    gboolean signs;  /* part of what is signed */
    gboolean shown;  /* has been on the screen */
} Row;

typedef struct {
    const OrderData *data;
    GPtrArray *items; /* BasketItem*, oldest first */
    guint unreadable;
    CheckFactsSource *facts;
    GArray *rows;     /* Row, of @width */
    char *content;    /* what the rows say; another content is to be read anew */
    int width, top, height;
    guint selected;
    Instant now;      /* the orders' start where it is "now": fixed while they are read */
    gboolean sending;
    char *wanted;     /* id to select */
} State;

static BasketItem *item_at(const State *s, guint i)
{
    return i < s->items->len ? s->items->pdata[i] : NULL;
}

static gboolean is_ready(const BasketItem *b)
{
    return b->ready && order_complete(b->order);
}

static guint ready_count(const State *s)
{
    guint n = 0;
    for (guint i = 0; i < s->items->len; i++)
        n += is_ready(s->items->pdata[i]);
    return n;
}

/* ---- the text ---- */

static void row_clear(gpointer p)
{
    g_free(((Row *)p)->text);
}

static void add_row(State *s, Style style, const char *text, gsize len, int item, gboolean first)
{
    gboolean signs = item < 0 || is_ready(s->items->pdata[item]);
    Row r = {.text = g_strndup(text, len), .style = style, .item = item, .first = first, .signs = signs};
    g_array_append_val(s->rows, r);
}

/* Wrapped at words; what is longer than a row is cut there. */
static void add_wrapped(State *s, Style style, const char *text, int item, gboolean first)
{
    int room = MAX(s->width - 4, 10);
    g_autofree char *safe = text_sanitise(text, -1, FALSE);
    const char *p = safe;
    do {
        gsize len = strlen(p), n = text_fit(p, (gssize)len, room, NULL), take = n;
        if (n < len) {
            while (take > 0 && p[take] != ' ')
                take--;
            take = take ? take : MAX(n, 1);
        }
        add_row(s, style, p, take, item, first);
        first = FALSE;
        p += take;
        while (*p == ' ')
            p++;
    } while (*p);
}

static void add_item(State *s, guint i)
{
    const BasketItem *b = s->items->pdata[i];
    g_autoptr(GPtrArray) lines = order_lines(b, s->now);
    gboolean ready = is_ready(b);
    if (!ready)
        add_wrapped(s, STYLE_WARNING, _("Not ready, will not be signed. Enter goes on with it"), (int)i, TRUE);
    for (guint k = 0; k < lines->len; k++) {
        const OrderLine *l = lines->pdata[k];
        add_wrapped(s, l->style, l->text, (int)i, ready && k == 0);
    }
    if (!lines->len)
        add_wrapped(s, STYLE_NORMAL, b->line, (int)i, FALSE);
    if (b->failure)
        add_wrapped(s, STYLE_ALERT, b->failure, (int)i, FALSE);
    add_row(s, STYLE_NORMAL, "", 0, (int)i, FALSE);
}

static char *content_of(const State *s)
{
    GString *c = g_string_new(NULL);
    for (guint i = 0; i < s->rows->len; i++)
        if (g_array_index(s->rows, Row, i).signs)
            g_string_append_printf(c, "%s\n", g_array_index(s->rows, Row, i).text);
    return g_string_free(c, FALSE);
}

/* The rows anew; when they say the same as before, what has been seen stays seen. */
static void lay_out(State *s)
{
    g_autoptr(GArray) before = g_steal_pointer(&s->rows);
    s->rows = g_array_new(FALSE, TRUE, sizeof(Row));
    g_array_set_clear_func(s->rows, row_clear);
    guint ready = ready_count(s); /* they stand first */
    for (guint i = 0; i < ready; i++)
        add_item(s, i);
    if (ready && s->facts) {
        g_autofree char *looked = checks_looked_at(check_facts(s->facts));
        g_autofree char *line = g_strdup_printf(_("The checks looked at: %s. Technical test rules, not for clinical use."), looked);
        add_wrapped(s, STYLE_DIM, line, -1, FALSE);
        add_row(s, STYLE_NORMAL, "", 0, -1, FALSE);
    }
    for (guint i = ready; i < s->items->len; i++)
        add_item(s, i);
    char *content = content_of(s);
    gboolean same = before && g_strcmp0(content, s->content) == 0 && before->len == s->rows->len;
    for (guint i = 0; same && i < s->rows->len; i++)
        g_array_index(s->rows, Row, i).shown = g_array_index(before, Row, i).shown;
    g_free(s->content);
    s->content = content;
}

/* What is signed first, what is still being written last; the oldest first within. */
static void ready_first(State *s)
{
    const BasketItem *chosen = item_at(s, s->selected);
    GPtrArray *sorted = g_ptr_array_new_with_free_func((GDestroyNotify)basket_item_free);
    for (int ready = 1; ready >= 0; ready--)
        for (guint i = 0; i < s->items->len; i++)
            if (is_ready(s->items->pdata[i]) == ready)
                g_ptr_array_add(sorted, s->items->pdata[i]);
    g_ptr_array_set_free_func(s->items, NULL);
    g_ptr_array_unref(s->items);
    s->items = sorted;
    for (guint i = 0; chosen && i < sorted->len; i++)
        if (sorted->pdata[i] == chosen)
            s->selected = i;
}

static void reckon(View *v)
{
    State *s = v->state;
    const CheckFacts *facts = s->facts ? check_facts(s->facts) : NULL;
    for (guint i = 0; i < s->items->len; i++)
        basket_item_read(s->items->pdata[i], s->data, facts ? facts->weight_kg : (Decimal){0}, s->now);
    if (facts)
        basket_check(s->items, s->data, facts, s->now);
    ready_first(s);
    s->selected = MIN(s->selected, s->items->len ? s->items->len - 1 : 0);
    lay_out(s);
    view_dirty(v);
}

static void read_drafts(View *v)
{
    State *s = v->state;
    g_autoptr(GError) error = NULL;
    s->unreadable = 0;
    g_clear_pointer(&s->items, g_ptr_array_unref);
    s->items = order_draft_list(v->app, patient_ctx_id(v->patient), &s->unreadable, &error);
    if (error)
        notify_error(v->app, error);
    s->now = shell_now();
    for (guint i = 0; s->wanted && i < s->items->len; i++)
        if (strcmp(((BasketItem *)s->items->pdata[i])->id, s->wanted) == 0)
            s->selected = i;
    reckon(v);
}

/* ---- moving ---- */

static void show_item(State *s)
{
    int from = -1, to = -1;
    for (guint i = 0; i < s->rows->len; i++)
        if (g_array_index(s->rows, Row, i).item == (int)s->selected) {
            from = from < 0 ? (int)i : from;
            to = (int)i;
        }
    if (from < 0 || s->height <= 0)
        return;
    if (to >= s->top + s->height)
        s->top = to - s->height + 1;
    if (from < s->top)
        s->top = from;
}

static void scroll(State *s, int by)
{
    int most = MAX((int)s->rows->len - s->height, 0);
    s->top = CLAMP(s->top + by, 0, most);
}

static gboolean move(State *s, const char *key)
{
    if (strcmp(key, "<Down>") == 0 && s->selected + 1 < s->items->len)
        s->selected++;
    else if (strcmp(key, "<Up>") == 0 && s->selected > 0)
        s->selected--;
    else if (strcmp(key, "<Down>") == 0 || strcmp(key, "<Up>") == 0)
        return scroll(s, *(key + 1) == 'D' ? 1 : -1), TRUE;
    else if (strcmp(key, "<PgDn>") == 0 || strcmp(key, "<PgUp>") == 0 || strcmp(key, " ") == 0)
        return scroll(s, strcmp(key, "<PgUp>") == 0 ? 1 - s->height : s->height - 1), TRUE;
    else if (strcmp(key, "<Home>") == 0 || strcmp(key, "<End>") == 0)
        return scroll(s, strcmp(key, "<Home>") == 0 ? -(int)s->rows->len : (int)s->rows->len), TRUE;
    else
        return FALSE;
    show_item(s);
    return TRUE;
}

/* ---- reasons ---- */

/* The order that is asked about first: the selected one, else the first that needs a reason. */
static BasketItem *item_to_answer(State *s, const CheckLine **ret)
{
    for (guint n = 0; n < s->items->len; n++) {
        BasketItem *b = s->items->pdata[(s->selected + n) % s->items->len];
        *ret = is_ready(b) ? basket_item_unanswered(b) : NULL;
        if (*ret)
            return b;
    }
    return NULL;
}

static gboolean answer(View *v, BasketItem *b, const char *key, const char *reason, GError **error)
{
    g_hash_table_insert(b->answers, g_strdup(key), g_strdup(reason));
    gboolean kept = order_draft_save(v->app, b, error);
    if (!kept)
        g_hash_table_remove(b->answers, key);
    reckon(v);
    return kept;
}

typedef struct {
    View *view;
    char *id, *key;
} Asked;

static void asked_free(gpointer p)
{
    Asked *a = p;
    g_free(a->id);
    g_free(a->key);
    g_free(a);
}

static BasketItem *item_by_id(const State *s, const char *id)
{
    for (guint i = 0; i < s->items->len; i++)
        if (strcmp(((BasketItem *)s->items->pdata[i])->id, id) == 0)
            return s->items->pdata[i];
    return NULL;
}

static void on_reason(CmdCall *call, const char *text, gpointer data)
{
    Asked *a = data;
    GError *error = NULL;
    g_autofree char *reason = g_strstrip(g_strdup(text ? text : ""));
    BasketItem *b = item_by_id(a->view->state, a->id);
    if (b && *reason && answer(a->view, b, a->key, reason, &error))
        a->view->app->frontend->status(a->view->app, STATUS_INFO, _("The reason is kept with the order"));
    cmd_continue(call, CMD_DONE, error);
}

static void on_reason_picked(CmdCall *call, int index, gpointer data)
{
    Asked *a = data;
    GError *error = NULL;
    BasketItem *b = index >= 0 ? item_by_id(a->view->state, a->id) : NULL;
    if (b)
        answer(a->view, b, a->key, check_reasons[index], &error);
    cmd_continue(call, CMD_DONE, error);
}

static void pick_free(gpointer p)
{
    PickItem *i = p;
    g_free(i->key);
    g_free(i->text);
    g_free(i->detail);
    g_free(i);
}

static CmdResult give_reason(View *v, CmdCall *call, GError **error)
{
    State *s = v->state;
    const CheckLine *line = NULL;
    BasketItem *b = item_to_answer(s, &line);
    if (!b) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("No warning needs a reason"));
        return CMD_ERROR;
    }
    Asked *a = g_new0(Asked, 1);
    *a = (Asked){v, g_strdup(b->id), g_strdup(line->key)};
    call->data = a;
    call->data_free = asked_free;
    if (line->severity == CHECK_STOP) {
        g_autofree char *prompt = g_strdup_printf(_("Reason for going past “%s”"), line->text);
        v->app->frontend->ask(call, prompt, NULL, on_reason, a);
        return CMD_WAIT;
    }
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(pick_free);
    for (guint i = 0; check_reasons[i]; i++) {
        PickItem *p = g_new0(PickItem, 1);
        p->text = g_strdup(check_reasons[i]);
        g_ptr_array_add(items, p);
    }
    v->app->frontend->pick(call, line->text, items, on_reason_picked, a);
    return CMD_WAIT;
}

/* One key: 1–4 is the reason against a high warning; a stop is never answered so. */
static gboolean quick_reason(View *v, const char *utf8)
{
    State *s = v->state;
    const CheckLine *line = NULL;
    g_autoptr(GError) error = NULL;
    guint n = (guint)(utf8[0] - '1');
    if (utf8[0] < '1' || utf8[0] > '9' || utf8[1] || n >= g_strv_length((char **)check_reasons))
        return FALSE;
    BasketItem *b = item_to_answer(s, &line);
    if (!b || line->severity == CHECK_STOP)
        return FALSE;
    g_autofree char *key = g_strdup(line->key);
    if (!answer(v, b, key, check_reasons[n], &error))
        notify_error(v->app, error);
    return TRUE;
}

/* ---- signing ---- */

static const char *failure_sentence(OrderOutcome outcome)
{
    static const char *const sentences[] = {
        [ORDER_DIFFERS] = N_("In the core, BUT NOT AS IT WAS READ. Look at the medication list"),
        [ORDER_NOT_SENT] = N_("Not signed: it was not sent"),
        [ORDER_UNKNOWN] = N_("No answer from the core: it is being asked. Signing again is the same order"),
        [ORDER_REFUSED] = N_("Not signed: the core refused"),
    };
    return _(sentences[outcome]);
}

static void tell_receipt(View *v, guint n, const char *versions)
{
    g_autofree char *who = patient_naming(patient_ctx_patient(v->patient));
    g_autofree char *at = instant_to_hhmm(shell_now());
    g_autofree char *line = g_strdup_printf(ngettext("Signed %s  %u order, %s, version %s", "Signed %s  %u orders, %s, version %s", n),
                                            at, n, who, versions);
    v->app->frontend->receipt(v->app, line);
}

static void keep_failures(View *v, const GPtrArray *results)
{
    State *s = v->state;
    for (guint i = 0; i < results->len; i++) {
        const BasketSigned *r = results->pdata[i];
        BasketItem *b = r->outcome == ORDER_SIGNED ? NULL : item_by_id(s, r->id);
        if (!b)
            continue;
        g_free(b->failure);
        b->failure = r->text ? g_strdup_printf("%s: %s", failure_sentence(r->outcome), r->text)
                             : g_strdup(failure_sentence(r->outcome));
    }
}

typedef struct {
    View *view;
    CmdCall *call;
} Sent;

static void on_signed(const GPtrArray *results, const GError *error, gpointer data)
{
    g_autofree Sent *sent = data;
    View *v = sent->view;
    State *s = v->state;
    g_autoptr(GString) versions = g_string_new(NULL);
    guint n = 0;
    s->sending = FALSE;
    for (guint i = 0; i < results->len; i++) {
        const BasketSigned *r = results->pdata[i];
        BasketItem *b = r->outcome == ORDER_SIGNED ? item_by_id(s, r->id) : NULL;
        g_autoptr(GError) kept = NULL;
        if (!b)
            continue;
        n++;
        if (!strstr(versions->str, r->version ? r->version : "1"))
            g_string_append_printf(versions, "%s%s", versions->len ? ", " : "", r->version ? r->version : "1");
        if (!order_draft_remove(v->app, b->id, &kept))
            notify_error(v->app, kept);
        g_ptr_array_remove(s->items, b);
    }
    keep_failures(v, results);
    cmd_continue(sent->call, CMD_DONE, NULL);
    if (n)
        tell_receipt(v, n, versions->str);
    if (n < results->len && error)
        notify_error(v->app, error);
    if (!s->items->len) {
        v->app->frontend->close_view(v->app, v->id);
        return;
    }
    reckon(v);
}

static CmdResult sign(View *v, CmdCall *call, GError **error)
{
    State *s = v->state;
    const Who *who = v->app->who;
    const CheckFacts *facts = check_facts(s->facts);
    g_autoptr(GPtrArray) ready = g_ptr_array_new();
    for (guint i = 0; i < s->items->len; i++) {
        BasketItem *b = s->items->pdata[i];
        if (is_ready(b))
            g_ptr_array_add(ready, b);
    }
    if (s->sending || !ready->len) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, s->sending ? _("It is being sent") : _("No order is ready to be signed"));
        return CMD_ERROR;
    }
    BasketWriting w = {.practitioner = who->practitioner, .name = who->author ? who->author : who->name, .encounter = facts->encounter,
                       .inpatient = facts->inpatient, .now = shell_now()};
    Sent *sent = g_new(Sent, 1);
    *sent = (Sent){v, call};
    if (!basket_sign(v->app->client, v->scope, call->patient, ready, &w, on_signed, sent, error)) {
        g_free(sent);
        return CMD_ERROR;
    }
    s->sending = TRUE;
    view_dirty(v);
    return CMD_WAIT;
}

/* ---- view ---- */

static void on_facts(const CheckFacts *facts, gpointer data)
{
    View *v = data;
    State *s = v->state;
    (void)facts;
    if (s->facts && !s->sending)
        reckon(v);
}

static gboolean sign_list_open(View *v, const char *arg, GError **error)
{
    State *s = v->state;
    s->data = order_data(error);
    s->wanted = g_strdup(arg);
    s->width = 80;
    return s->data != NULL;
}

static void sign_list_load(View *v, LoadWhy why)
{
    State *s = v->state;
    (void)why;
    if (s->sending)
        return;
    if (!s->facts)
        s->facts = check_facts_watch(v->app->client, v->scope, v->patient, on_facts, v);
    read_drafts(v);
}

static CmdResult take_off(View *v, GError **error)
{
    State *s = v->state;
    BasketItem *b = item_at(s, s->selected);
    if (!b || s->sending) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, s->sending ? _("It is being sent") : _("The list is empty"));
        return CMD_ERROR;
    }
    g_autofree char *what = order_reading_short(b->order);
    g_autofree char *line = g_strdup_printf(_("Taken off the list: %s"), what);
    if (!order_draft_remove(v->app, b->id, error))
        return CMD_ERROR;
    g_ptr_array_remove(s->items, b);
    v->app->frontend->status(v->app, STATUS_INFO, line);
    reckon(v);
    return CMD_DONE;
}

static CmdResult edit(View *v, GError **error)
{
    State *s = v->state;
    const BasketItem *b = item_at(s, s->selected);
    if (!b || s->sending)
        return CMD_ERROR;
    g_autofree char *arg = g_strdup_printf("draft:%s", b->id);
    return v->app->frontend->open_view(v->app, "order", v->patient, arg, error) ? CMD_DONE : CMD_ERROR;
}

static CmdResult sign_list_command(View *v, CmdCall *call, GError **error)
{
    const char *name = call->command->name;
    if (strcmp(name, "order-sign") == 0)
        return sign(v, call, error);
    if (strcmp(name, "order-remove") == 0)
        return take_off(v, error);
    if (strcmp(name, "order-reason") == 0)
        return give_reason(v, call, error);
    if (strcmp(name, "open") == 0)
        return edit(v, error);
    return CMD_ERROR;
}

static gboolean sign_list_text(View *v, const char *utf8, gboolean paste)
{
    State *s = v->state;
    gboolean used = !paste && !s->sending && (move(s, utf8) || quick_reason(v, utf8));
    if (used)
        view_dirty(v);
    return used;
}

static gboolean all_shown(const State *s)
{
    for (guint i = 0; i < s->rows->len; i++)
        if (g_array_index(s->rows, Row, i).signs && !g_array_index(s->rows, Row, i).shown)
            return FALSE;
    return s->rows->len > 0;
}

static gboolean all_answered(const State *s)
{
    for (guint i = 0; i < s->items->len; i++) {
        const BasketItem *b = s->items->pdata[i];
        if (is_ready(b) && basket_item_unanswered(b))
            return FALSE;
    }
    return TRUE;
}

/* Who signs, for whom, every order with its checks and reasons: if any of it changes the gate starts
 * over. Nothing is complete before the checks have their data and every line has been shown. */
static char *sign_list_reading(View *v, gboolean *ret_complete)
{
    State *s = v->state;
    *ret_complete = FALSE;
    if (!ready_count(s) || !s->content)
        return NULL;
    g_autoptr(GString) all = g_string_new(v->app->who->hsa_id);
    g_autofree char *who = patient_naming(patient_ctx_patient(v->patient));
    g_string_append_printf(all, "\n%s\n%s\n%s", patient_ctx_id(v->patient), who, s->content);
    for (guint i = 0; i < s->items->len; i++) {
        const BasketItem *b = s->items->pdata[i];
        if (is_ready(b))
            g_string_append_printf(all, "\n%s %s", b->id, b->line);
    }
    *ret_complete = s->facts && check_facts(s->facts)->settled && all_shown(s) && all_answered(s) && !s->sending;
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, all->str, -1);
}

static const char *foot_text(const State *s)
{
    if (s->sending)
        return _("Being sent …");
    if (!ready_count(s))
        return _("No order is ready to be signed");
    if (!s->facts || !check_facts(s->facts)->settled)
        return _("Wait: the checks are fetching the patient's data");
    if (!all_answered(s))
        return _("Give the reason first: 1–4 for a high warning, r for a stop");
    if (all_shown(s))
        return _("F9 signs the orders that stand here");
    return s->top + s->height < (int)s->rows->len
               ? _("Read to the last line, then F9 signs")
               : _("Lines were passed over: read them too (PgUp), then F9 signs");
}

static void paint_rows(State *s, Canvas *c, int from)
{
    for (int i = 0; i < s->height && s->top + i < (int)s->rows->len; i++) {
        Row *r = &g_array_index(s->rows, Row, s->top + i);
        canvas_text(c, from + i, r->first || r->item < 0 ? 2 : 3, r->style, r->text);
        r->shown = TRUE;
        if (r->first && r->item == (int)s->selected)
            canvas_gutter(c, from + i);
    }
}

static void sign_list_paint(View *v, Canvas *c)
{
    State *s = v->state;
    g_autofree char *who = patient_naming(patient_ctx_patient(v->patient));
    g_autofree char *title = g_strdup_printf(_("To sign: %u · %s"), ready_count(s), who);
    canvas_clear(c);
    canvas_rule(c, 0, title);
    if (canvas_cols(c) != s->width) {
        s->width = canvas_cols(c);
        lay_out(s);
    }
    int head = 1;
    if (s->unreadable)
        canvas_textf(c, head++, 2, STYLE_ALERT, ngettext("%u draft cannot be read; it is kept", "%u drafts cannot be read; they are kept", s->unreadable), s->unreadable);
    s->height = MAX(canvas_rows(c) - head - 1, 1);
    scroll(s, 0);
    if (!s->items->len)
        canvas_text(c, head, 2, STYLE_NORMAL, _("No order waits for your signature for this patient"));
    paint_rows(s, c, head);
    int below = (int)s->rows->len - s->top - s->height;
    int n = canvas_text(c, canvas_rows(c) - 1, 1, STYLE_STRONG, foot_text(s));
    if (below > 0)
        canvas_textf(c, canvas_rows(c) - 1, n + 3, STYLE_DIM, ngettext("%d line below", "%d lines below", below), below);
}

static char *sign_list_resume(View *v)
{
    State *s = v->state;
    const BasketItem *b = s->items ? item_at(s, s->selected) : NULL;
    return g_strdup(b ? b->id : s->wanted);
}

static void sign_list_close(View *v)
{
    State *s = v->state;
    g_clear_pointer(&s->items, g_ptr_array_unref);
    g_clear_pointer(&s->rows, g_array_unref);
    g_free(s->content);
    g_free(s->wanted);
}

const ViewClass view_sign_list = {
    .name = "sign-list",
    .title = N_("To sign"),
    .keymap = "sign-list",
    .state_size = sizeof(State),
    .flags = VIEW_PATIENT,
    .open = sign_list_open,
    .load = sign_list_load,
    .paint = sign_list_paint,
    .command = sign_list_command,
    .text = sign_list_text,
    .reading = sign_list_reading,
    .resume = sign_list_resume,
    .close = sign_list_close,
};
